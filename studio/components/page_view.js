const NS = 'http://www.w3.org/2000/svg'
const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

const element = (name, attributes) => {
  const made = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

// The new picture takes the old one's place only when it is decoded: no flash of white between two edits.
const show = (figure, data) => {
  const current = figure.querySelector('img')
  if (current && current.dataset.src === data.src) return
  const next = new Image()
  next.dataset.src = data.src
  next.alt = data.alt
  next.decoding = 'async'
  figure.dataset.wanted = data.src
  next.onload = () => {
    if (figure.dataset.wanted !== data.src) return
    figure.querySelector('img')?.replaceWith(next)
    figure.dataset.shown = data.src
    figure.classList.remove('waiting', 'broken')
    window.dispatchEvent(new CustomEvent('kitsumy-page', { detail: data.page }))
  }
  next.onerror = () => figure.classList.add('broken')
  next.src = data.src
  if (!current) {
    const blank = new Image()
    blank.alt = data.alt
    figure.prepend(blank)
    figure.classList.add('waiting')
  }
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const figure = parentElement.querySelector('.page')
  figure.style.setProperty('--ratio', String(data.width / data.height))
  show(figure, data)

  const svg = figure.querySelector('svg')
  svg.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`)
  svg.setAttribute('aria-label', data.label)
  const focused = parentElement.activeElement?.dataset?.id
  const pick = id => setTriggerValue('picked', id)
  const groups = data.panels.map((panel, index) => {
    const group = element('g', {
      class: 'panel', tabindex: panel.selected ? 0 : -1, role: 'button',
      'aria-pressed': String(panel.selected), 'aria-label': panel.label,
    })
    group.dataset.id = panel.id
    group.append(element('polygon', { points: panel.points.map(p => p.join(',')).join(' ') }))
    const title = element('title', {})
    title.textContent = panel.label
    group.append(title)
    group.onclick = () => pick(panel.id)
    group.onkeydown = event => {
      if (event.key === 'Enter' || event.key === ' ') pick(panel.id)
      else if (event.key in STEP) {
        const next = data.panels[(index + STEP[event.key] + data.panels.length) % data.panels.length]
        figure.dataset.focus = next.id
        pick(next.id)
      } else return
      event.preventDefault()
    }
    return group
  })
  svg.replaceChildren(...groups)
  const wanted = figure.dataset.focus || focused
  delete figure.dataset.focus
  groups.find(group => group.dataset.id === wanted)?.focus({ preventScroll: true })
}
