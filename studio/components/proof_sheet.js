// All pages as a grid of pictures, each under a layer of SVG. One tab stop: arrow keys walk, Enter opens.
const NS = 'http://www.w3.org/2000/svg'

const svgOf = (name, attributes, ...children) => {
  const made = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}
const tagOf = (name, className, text) => {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
const titled = (node, text) => { if (text) node.append(svgOf('title', {}, text)); return node }

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.gallery')
  root.classList.add('sheet')
  root.setAttribute('aria-label', data.label)
  root.dataset.size = data.size
  root.dataset.show = data.show.join(' ')
  const head = root.querySelector('.head') ?? headOf(root)
  head.querySelector('.heading').textContent = data.heading
  legend(head.querySelector('.legend'), data.legend)
  const button = head.querySelector('.print')
  button.textContent = data.print
  button.onclick = () => print(root, button)

  const grid = root.querySelector('.grid')
  const known = new Map([...grid.querySelectorAll('article')].map(node => [node.dataset.id, node]))
  const made = []
  for (const page of data.pages) {
    if (page.chapter) made.push(tagOf('h3', 'chapter', page.chapter))
    const article = known.get(page.id) ?? blank()
    fill(article, page, data)
    article.querySelector('.badge').onclick = () => setTriggerValue('picked', page.first)
    article.querySelector('.page').onclick = event => {
      const issue = event.target.closest?.('[data-issue]')
      if (issue) setTriggerValue('picked', issue.dataset.issue)
      else setTriggerValue('opened', { page: page.id, panel: event.target.closest?.('[data-panel]')?.dataset.panel ?? '' })
    }
    made.push(article)
  }
  arrange(grid, made)
  roving(grid, parentElement)
  reveal(root, data.chosen)
}

function headOf (root) {
  const head = tagOf('div', 'head')
  head.append(tagOf('p', 'heading'), tagOf('ul', 'legend'), tagOf('button', 'print'))
  const grid = tagOf('div', 'grid')
  root.replaceChildren(head, grid)
  return head
}

function legend (list, items) {
  list.replaceChildren(...items.map(item => {
    const line = tagOf('li')
    line.append(tagOf('span', `key ${item.kind}`), item.text)
    return line
  }))
}

function blank () {
  const article = tagOf('article')
  const page = tagOf('button', 'page')
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  image.decoding = 'async'
  image.onload = () => article.classList.add('drawn')
  page.append(image, svgOf('svg', { 'aria-hidden': 'true' }))
  const caption = tagOf('p', 'caption')
  caption.append(tagOf('b', 'number'), tagOf('span', 'count'), tagOf('button', 'badge'))
  article.append(page, caption)
  return article
}

// A page is drawn anew only where something about it changed: at sixty pages that is what keeps clicks quick.
function fill (article, page, data) {
  const chosen = data.chosen?.page === page.id ? data.chosen : null
  const mine = JSON.stringify([page, data.show, chosen, data.opens])
  if (article.mine === mine) return
  article.mine = mine
  article.dataset.id = page.id
  article.className = [page.wrong && 'wrong', page.mark, chosen && 'chosen',
    article.classList.contains('drawn') && 'drawn'].filter(Boolean).join(' ')
  const button = article.querySelector('.page')
  button.setAttribute('aria-label', `${page.label}${page.wrong ? `, ${page.wrong}` : ''}. ${data.opens}`)
  button.style.setProperty('--ratio', `${page.width} / ${page.height}`)
  const image = article.querySelector('img')
  if (image.getAttribute('src') !== page.src) image.src = page.src
  article.querySelector('.number').textContent = page.number
  article.querySelector('.count').textContent = page.wrong || page.count
  article.querySelector('.count').title = page.layout
  const badge = article.querySelector('.badge')
  badge.textContent = page.issues || ''
  badge.title = page.label
  badge.setAttribute('aria-label', page.label)
  badge.tabIndex = -1
  layers(article.querySelector('svg'), page, new Set(data.show), chosen, data)
}

function layers (svg, page, show, chosen, data) {
  svg.setAttribute('viewBox', `0 0 ${page.width} ${page.height}`)
  const unit = page.width / 100
  const parts = []
  if (show.has('bleed') && page.bleed) parts.push(...bleed(page))
  if (show.has('safe')) {
    parts.push(svgOf('rect', { class: 'safe', x: page.safe, y: page.safe,
      width: page.width - 2 * page.safe, height: page.height - 2 * page.safe }))
  }
  for (const panel of page.panels) parts.push(panelOf(panel, show, chosen, unit, data))
  if (show.has('lettering')) parts.push(...lettering(page, unit))
  for (const flaw of page.flaws) {
    const mine = chosen?.key === flaw.issue
    if (mine || (show.has('issues') && flaw.mark !== 'info')) parts.push(flawOf(flaw, mine))
  }
  for (const panel of page.panels) {
    if (show.has('order')) parts.push(order(panel, unit))
    if (show.has('issues') && panel.issue) parts.push(warning(panel, unit))
  }
  svg.replaceChildren(...parts)
}

function bleed (page) {
  const { width, height, bleed: b } = page
  return [svgOf('path', { class: 'bleed',
    d: `M${-b} ${-b}H${width + b}V${height + b}H${-b}ZM0 0V${height}H${width}V0Z` }),
    svgOf('rect', { class: 'trim', x: 0, y: 0, width, height })]
}

function panelOf (panel, show, chosen, unit, data) {
  const group = svgOf('g', { class: 'panel' })
  const points = panel.points.map(point => point.join(',')).join(' ')
  const polygon = svgOf('polygon', { points })
  group.append(polygon)
  if (!panel.id) {
    group.classList.add('free')
    const [x, y] = panel.centre
    group.append(svgOf('text', { x, y: y + 9 * unit, 'font-size': 5 * unit }, data.empty))
    return group
  }
  group.dataset.panel = panel.id
  titled(group, panel.label)
  if (show.has('pictures') && panel.picture) polygon.classList.add(panel.picture)
  if (show.has('issues') && panel.mark) group.classList.add(panel.mark)
  if (chosen?.panel === panel.id) group.classList.add('chosen')
  return group
}

function flawOf (flaw, chosen) {
  const shape = svgOf('polygon', { points: flaw.points.map(p => p.join(',')).join(' ') })
  const group = svgOf('g', { class: `flaw ${flaw.mark}${chosen ? ' chosen' : ''}` }, shape)
  group.dataset.issue = flaw.issue
  return titled(group, flaw.text)
}

function order (panel, unit) {
  const [x, y] = panel.centre
  return svgOf('g', { class: panel.id ? 'order' : 'order none' },
    svgOf('circle', { cx: x, cy: y, r: 5.2 * unit }),
    svgOf('text', { x, y: y + 2.3 * unit, 'font-size': 6.6 * unit }, String(panel.order)))
}

function warning (panel, unit) {
  const xs = panel.points.map(p => p[0]), ys = panel.points.map(p => p[1])
  const x = Math.max(...xs) - 5.5 * unit, y = Math.min(...ys) + 5.5 * unit
  const mark = svgOf('g', { class: `mark ${panel.mark}` },
    svgOf('circle', { cx: x, cy: y, r: 4.4 * unit }),
    svgOf('text', { x, y: y + 2.2 * unit, 'font-size': 6.4 * unit }, '!'))
  mark.dataset.issue = panel.issue
  return titled(mark, panel.text)
}

function lettering (page, unit) {
  const path = page.lettering.map(({ box: [x, y] }) => `${x},${y}`).join(' ')
  const parts = page.lettering.length > 1 ? [svgOf('polyline', { class: 'path', points: path })] : []
  for (const { box: [cx, cy, rx, ry], round, overflow, order } of page.lettering) {
    const group = svgOf('g', { class: overflow ? 'text over' : 'text' })
    group.append(round ? svgOf('ellipse', { cx, cy, rx, ry })
      : svgOf('rect', { x: cx - rx, y: cy - ry, width: 2 * rx, height: 2 * ry }))
    const x = cx - rx * .82, y = cy - ry * .82
    group.append(svgOf('circle', { cx: x, cy: y, r: 2.6 * unit }),
      svgOf('text', { x, y: y + 1.3 * unit, 'font-size': 3.6 * unit }, String(order)))
    parts.push(group)
  }
  return parts
}

function arrange (grid, made) {
  const same = made.length === grid.children.length && made.every((node, i) =>
    node === grid.children[i] || (node.tagName === 'H3' && grid.children[i].tagName === 'H3' &&
      node.textContent === grid.children[i].textContent))
  if (!same) grid.replaceChildren(...made)
}

function roving (grid, parent) {
  const all = [...grid.querySelectorAll('.page')]
  const now = all.find(button => button.tabIndex === 0 && button.dataset.was) ?? all[0]
  for (const button of all) button.tabIndex = button === now ? 0 : -1
  grid.onfocusin = event => {
    const here = event.target.closest('.page')
    if (!here) return
    for (const button of all) { button.tabIndex = button === here ? 0 : -1; delete button.dataset.was }
    here.dataset.was = '1'
  }
  grid.onkeydown = event => {
    const at = all.indexOf(parent.activeElement)
    if (at < 0) return
    const left = all[at].getBoundingClientRect().left
    const column = step => {
      for (let i = at + step; i >= 0 && i < all.length; i += step) {
        if (Math.abs(all[i].getBoundingClientRect().left - left) < 4) return all[i]
      }
    }
    const next = { ArrowRight: () => all[at + 1], ArrowLeft: () => all[at - 1], ArrowDown: () => column(1),
      ArrowUp: () => column(-1), Home: () => all[0], End: () => all.at(-1) }[event.key]?.()
    if (!next) return
    next.focus()
    event.preventDefault()
  }
}

function reveal (root, chosen) {
  const key = chosen?.key ?? ''
  if (root.dataset.revealed === key) return
  root.dataset.revealed = key
  const article = chosen && [...root.querySelectorAll('article')].find(node => node.dataset.id === chosen.page)
  if (!article) return
  const box = article.getBoundingClientRect()
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  if (box.top < 70 || box.bottom > innerHeight) article.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' })
}

// Pictures below the fold are not loaded yet; paper has no fold.
async function print (root, button) {
  button.disabled = true
  button.classList.add('busy')
  const images = [...root.querySelectorAll('article img')]
  await Promise.all(images.filter(image => !image.complete).map(image => new Promise(resolve => {
    image.addEventListener('load', resolve, { once: true })
    image.addEventListener('error', resolve, { once: true })
    image.loading = 'eager'
  })))
  button.disabled = false
  button.classList.remove('busy')
  window.print()
}
