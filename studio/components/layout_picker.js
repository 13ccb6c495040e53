const NS = 'http://www.w3.org/2000/svg'

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('.layouts')
  list.setAttribute('aria-label', data.label)
  list.replaceChildren(...data.layouts.map(layout => {
    const button = document.createElement('button')
    button.dataset.layout = layout.id
    button.setAttribute('role', 'radio')
    button.setAttribute('aria-checked', String(layout.selected))
    button.setAttribute('aria-label', layout.label)
    button.title = layout.label
    if (!layout.fits) button.classList.add('other')
    const svg = document.createElementNS(NS, 'svg')
    svg.setAttribute('viewBox', '-0.03 -0.03 1.06 1.06')
    svg.setAttribute('preserveAspectRatio', 'none')
    svg.setAttribute('aria-hidden', 'true')
    for (const points of layout.polygons) {
      const polygon = document.createElementNS(NS, 'polygon')
      polygon.setAttribute('points', points.map(p => p.join(',')).join(' '))
      svg.append(polygon)
    }
    const count = document.createElement('span')
    count.textContent = layout.count
    button.append(svg, count)
    button.onclick = () => setTriggerValue('picked', layout.id)
    return button
  }))
  list.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    const all = [...list.children]
    all[(all.indexOf(parentElement.activeElement) + step + all.length) % all.length].focus()
    event.preventDefault()
  }
}
