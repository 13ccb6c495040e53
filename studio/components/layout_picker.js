const NS = 'http://www.w3.org/2000/svg'

const thumbnail = layout => {
  const svg = document.createElementNS(NS, 'svg')
  svg.setAttribute('viewBox', '-0.03 -0.03 1.06 1.06')
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('aria-hidden', 'true')
  layout.polygons.forEach((points, n) => {
    const polygon = document.createElementNS(NS, 'polygon')
    polygon.setAttribute('points', points.map(p => p.join(',')).join(' '))
    if (layout.over.includes(n)) polygon.classList.add('over')
    svg.append(polygon)
  })
  return svg
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.layouts')
  root.group ??= 'fits'
  root.query ??= ''
  const wanted = () => {
    const words = root.query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    if (words.length) return data.layouts.filter(l => words.every(w => l.search.includes(w)))
    if (root.group === 'fits') return data.layouts.filter(l => l.fits || l.named || l.selected).sort((a, b) => b.fits - a.fits)
    return root.group === 'all' ? data.layouts : data.layouts.filter(l => l.tags.includes(root.group))
  }

  const list = document.createElement('div')
  list.className = 'list'
  list.setAttribute('role', 'radiogroup')
  list.setAttribute('aria-label', data.label)
  const fill = () => {
    const shown = wanted()
    list.replaceChildren(...shown.map((layout, n) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.dataset.layout = layout.id
      button.setAttribute('role', 'radio')
      button.setAttribute('aria-checked', String(layout.selected))
      button.setAttribute('aria-label', layout.label)
      button.tabIndex = layout.selected || (n === 0 && !shown.some(l => l.selected)) ? 0 : -1
      button.title = layout.label
      if (!layout.fits) button.classList.add('other')
      if (layout.spread) button.classList.add('spread')
      const count = document.createElement('span')
      count.textContent = layout.count
      button.append(thumbnail(layout), count)
      button.onclick = () => setTriggerValue('picked', layout.id)
      return button
    }))
    if (!shown.length) list.textContent = data.none
    for (const chip of chips.children) chip.setAttribute('aria-pressed', String(!root.query && chip.dataset.group === root.group))
  }
  list.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const all = [...list.children]
    if (!step || !all.length) return
    all[(all.indexOf(parentElement.activeElement) + step + all.length) % all.length].focus()
    event.preventDefault()
  }

  const chips = document.createElement('div')
  chips.className = 'chips'
  chips.setAttribute('role', 'group')
  chips.append(...data.groups.map(group => {
    const chip = document.createElement('button')
    chip.type = 'button'
    chip.dataset.group = group.id
    chip.textContent = group.label
    chip.onclick = () => { root.group = group.id; root.query = search.value = ''; fill() }
    return chip
  }))
  const search = document.createElement('input')
  search.type = 'search'
  search.value = root.query
  search.placeholder = data.searchLabel
  search.setAttribute('aria-label', data.searchLabel)
  search.oninput = () => { root.query = search.value; fill() }
  const head = document.createElement('div')
  head.className = 'head'
  head.append(chips, search)
  const scrolled = root.querySelector('.list')?.scrollTop ?? 0
  const focused = parentElement.activeElement
  const typing = focused?.type === 'search', held = focused?.dataset?.layout, chip = focused?.dataset?.group
  fill()
  root.replaceChildren(head, list)
  list.scrollTop = scrolled
  if (typing) search.focus()
  else if (held) list.querySelector(`[data-layout="${CSS.escape(held)}"]`)?.focus({ preventScroll: true })
  else if (chip) chips.querySelector(`[data-group="${CSS.escape(chip)}"]`)?.focus({ preventScroll: true })
}
