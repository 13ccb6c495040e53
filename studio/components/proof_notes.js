// Each page beside its words, its flaws and the open comments, with lines left to write on.
const tagOf = (name, className, text) => {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

const lineOf = (word, silent) => {
  const line = tagOf('p', word.kind)
  if (word.kind === 'line') {
    line.append(tagOf('b', '', word.name), word.how ? ` (${word.how})` : '', `: ${word.text}`)
  } else line.textContent = word.text
  return line
}

const panelOf = (panel, data) => {
  const row = tagOf('div', 'panel')
  const words = tagOf('div')
  if (panel.action) words.append(tagOf('p', 'action', panel.action))
  if (panel.words.length) words.append(...panel.words.map(word => lineOf(word)))
  else words.append(tagOf('p', 'silent', `(${data.silent})`))
  row.append(tagOf('span', 'number', String(panel.number)), words)
  return row
}

const pageOf = (page, data) => {
  const section = tagOf('section', 'sheet')
  const picture = new Image()
  picture.src = page.src
  picture.alt = page.title
  picture.loading = 'lazy'
  picture.style.aspectRatio = page.ratio
  const side = tagOf('div', 'side')
  side.append(tagOf('h3', '', page.title), ...page.panels.map(panel => panelOf(panel, data)))
  const marks = tagOf('ul', 'marks')
  for (const flaw of page.flaws) marks.append(tagOf('li', flaw.severity, flaw.text))
  for (const comment of page.comments) {
    const item = tagOf('li', 'comment')
    item.append(tagOf('b', '', `${comment.panel}, ${comment.name}: `), comment.text)
    marks.append(item)
  }
  if (marks.children.length) side.append(marks)
  const blank = tagOf('div', 'blank')
  blank.append(tagOf('span', '', data.notes))
  side.append(blank)
  section.append(picture, side)
  return section
}

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector('.gallery')
  root.setAttribute('aria-label', data.label)
  const print = tagOf('button', 'print', data.print)
  print.type = 'button'
  print.onclick = async () => {
    const images = [...root.querySelectorAll('img')].filter(image => !image.complete)
    print.disabled = true
    await Promise.all(images.map(image => new Promise(resolve => { image.onload = image.onerror = resolve; image.loading = 'eager' })))
    print.disabled = false
    window.print()
  }
  const head = tagOf('header')
  head.append(tagOf('h2', '', data.title), print)
  root.replaceChildren(head, ...data.pages.map(page => pageOf(page, data)))
}
