const QUIET = 400

const address = (data, page) => `${data.src}&id=${encodeURIComponent(page.id)}&v=${page.v}`

// The edited page's thumbnail follows its large picture, once there was no other edit for a moment.
const follow = (strip, data) => {
  window.removeEventListener('kitsumy-page', strip.follow)
  let timer
  strip.follow = ({ detail }) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const image = strip.querySelector(`button[data-id="${CSS.escape(detail.id)}"] img`)
      const src = address(data, detail)
      if (image && image.getAttribute('src') !== src) image.src = src
    }, QUIET)
  }
  window.addEventListener('kitsumy-page', strip.follow)
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const strip = parentElement.querySelector('.strip')
  strip.setAttribute('aria-label', data.label)
  follow(strip, data)
  const buttons = new Map([...strip.querySelectorAll('button')].map(button => [button.dataset.id, button]))
  const made = []
  for (const page of data.pages) {
    if (page.chapter) {
      const heading = document.createElement('h4')
      heading.textContent = page.chapter
      made.push(heading)
    }
    const button = buttons.get(page.id) ?? blank()
    button.dataset.id = page.id
    button.setAttribute('aria-current', page.selected ? 'page' : 'false')
    button.setAttribute('aria-label', page.label)
    button.title = page.label
    const image = button.querySelector('img')
    button.style.setProperty('--aspect', data.aspect)
    const src = address(data, page)
    if (image.getAttribute('src') !== src) image.src = src
    button.querySelector('.number').textContent = page.number
    const mark = button.querySelector('.mark')
    mark.className = `mark ${page.mark ?? ''}`
    mark.textContent = page.issues ? String(page.issues) : ''
    button.onclick = () => setTriggerValue('picked', page.id)
    made.push(button)
  }
  if (data.add) {
    const add = strip.querySelector('.add') ?? document.createElement('button')
    add.className = 'add'
    add.textContent = '+'
    add.title = data.add
    add.setAttribute('aria-label', data.add)
    add.onclick = () => setTriggerValue('added', Date.now())
    made.push(add)
  }
  arrangeKept(strip, made)
  const current = strip.querySelector('[aria-current=page]')
  walkable(strip, made.filter(node => node.dataset.id), current)
  if (current && strip.dataset.current !== current.dataset.id) {
    strip.dataset.current = current.dataset.id
    const box = strip.getBoundingClientRect(), at = current.getBoundingClientRect()
    strip.scrollBy({ top: at.top - box.top - box.height / 3, left: at.left - box.left - box.width / 3 })
  }
}

function blank () {
  const button = document.createElement('button')
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  image.decoding = 'async'
  const number = document.createElement('span')
  number.className = 'number'
  const mark = document.createElement('span')
  mark.className = 'mark'
  button.append(image, number, mark)
  return button
}
