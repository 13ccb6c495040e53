// Cards in a grid. A click or Enter chooses one; dragging, or Alt with an arrow key, moves it.

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('.gallery')
  list.setAttribute('aria-label', data.label)
  list.style.setProperty('--aspect', data.aspect)
  const known = new Map([...list.children].map(card => [card.dataset.id, card]))
  const cards = data.items.map(item => shown(known.get(item.id) ?? blank(), item, data))
  arrangeKept(list, cards)
  walkable(list, cards, cards.find(card => card.getAttribute('aria-pressed') === 'true'))
  const move = (id, index) => setTriggerValue('moved', { id, index })
  for (const card of cards) {
    card.onclick = () => setTriggerValue('picked', card.dataset.id)
    card.onkeydown = event => keyed(event, card, [...list.children], move)
  }
  dragged(list, move)
}

function keyed (event, card, all, move) {
  if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); card.click(); return }
  const index = event.altKey ? all.indexOf(card) + WALK[event.key] : -1
  if (!all[index]) return
  event.preventDefault()
  move(card.dataset.id, index)
}

function dragged (list, move) {
  const clear = () => { for (const card of list.children) card.classList.remove('dragged', 'before', 'after') }
  const at = event => {
    const card = event.target.closest?.('.card')
    if (!card || !list.dataset.moving) return null
    const box = card.getBoundingClientRect()
    return { card, after: event.clientX > box.left + box.width / 2 }
  }
  list.ondragstart = event => {
    const card = event.target.closest?.('.card')
    if (!card) return
    list.dataset.moving = card.dataset.id
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', card.querySelector('.name').textContent)
    card.classList.add('dragged')
  }
  list.ondragover = event => {
    const place = at(event)
    if (!place) return
    event.preventDefault()
    for (const card of list.children) card.classList.remove('before', 'after')
    if (place.card.dataset.id !== list.dataset.moving) place.card.classList.add(place.after ? 'after' : 'before')
  }
  list.ondrop = event => {
    const place = at(event), id = list.dataset.moving
    if (!place || place.card.dataset.id === id) return
    event.preventDefault()
    const others = [...list.children].filter(card => card.dataset.id !== id)
    move(id, others.indexOf(place.card) + (place.after ? 1 : 0))
  }
  list.ondragend = () => { delete list.dataset.moving; clear() }
}

function shown (card, item, data) {
  card.dataset.id = item.id
  card.setAttribute('aria-pressed', String(item.selected))
  card.setAttribute('aria-label', item.label)
  card.setAttribute('aria-roledescription', data.role)
  card.title = data.hint
  const image = card.querySelector('img')
  if (image.getAttribute('src') !== item.src) image.src = item.src
  card.querySelector('.name').textContent = item.name
  card.querySelector('.name').classList.toggle('none', item.unnamed)
  card.querySelector('.role').textContent = item.role
  card.querySelector('.facts').textContent = item.facts
  card.querySelector('.facts').classList.toggle('unused', item.unused)
  return card
}

function blank () {
  const card = document.createElement('div')
  card.className = 'card'
  card.tabIndex = 0
  card.draggable = true
  card.setAttribute('role', 'button')
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  image.draggable = false
  image.onerror = () => card.classList.add('lost')
  image.onload = () => card.classList.remove('lost')
  card.append(image, ...['name', 'role', 'facts'].map(name => {
    const line = document.createElement('span')
    line.className = name
    return line
  }))
  return card
}
