// The script of a comic: names, words, captions and sounds as text; the button prints this text alone, from a frame of its own.
const PRINTED = `
  @page { margin: 20mm 22mm; }
  body { font: 11.5pt/1.5 Georgia, "Times New Roman", serif; color: #000; margin: 0; }
  button { display: none; } h2 { font-size: 20pt; margin: 0 0 12pt; } h3 { font-size: 14pt; margin: 18pt 0 6pt; }
  h4 { font-size: 10.5pt; letter-spacing: .06em; text-transform: uppercase; margin: 14pt 0 4pt; break-after: avoid; }
  .panel { display: grid; grid-template-columns: 9mm 1fr; margin: 0 0 6pt; break-inside: avoid; }
  .number { color: #555; } p { margin: 0 0 3pt; overflow-wrap: anywhere; white-space: pre-wrap; }
  .name { font-weight: bold; text-transform: uppercase; font-size: .88em; letter-spacing: .04em; } .how { color: #555; }
  .caption { font-style: italic; } .sound { font-weight: bold; letter-spacing: .06em; } .action, .silent { color: #555; }`

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector('.gallery')
  root.setAttribute('aria-label', data.label)
  root.lang = data.language
  const print = element('button', 'print', data.print)
  const script = element('article', 'script')
  script.append(element('h2', '', data.title))
  for (const chapter of data.chapters) {
    if (chapter.title) script.append(element('h3', '', chapter.title))
    for (const page of chapter.pages) script.append(element('h4', '', page.title), ...page.panels.map(panel => panelOf(panel, data)))
  }
  print.onclick = () => printed(script, data)
  root.replaceChildren(print, script)
}

function element (tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text) made.textContent = text
  return made
}

function panelOf (panel, data) {
  const made = element('section', 'panel')
  const words = element('div', 'words')
  if (panel.action) words.append(element('p', 'action', panel.action))
  if (!panel.words.length) words.append(element('p', 'silent', `(${data.silent})`))
  words.append(...panel.words.map(word => {
    const line = element('p', word.kind, word.kind === 'line' ? '' : word.text)
    if (word.kind === 'line') {
      line.append(element('span', 'name', word.name))
      if (word.how) line.append(element('span', 'how', ` (${word.how})`))
      line.append(`: ${word.text}`)
    }
    return line
  }))
  made.append(element('span', 'number', String(panel.number)), words)
  return made
}

function printed (script, data) {
  const frame = document.createElement('iframe')
  frame.style.cssText = 'position:fixed;width:0;height:0;border:0;visibility:hidden'
  frame.title = data.label
  document.body.append(frame)
  const page = frame.contentDocument
  page.documentElement.lang = data.language
  page.title = data.title
  page.head.append(Object.assign(page.createElement('style'), { textContent: PRINTED }))
  page.body.append(page.importNode(script, true))
  frame.contentWindow.onafterprint = () => setTimeout(() => frame.remove())
  frame.contentWindow.print()
}
