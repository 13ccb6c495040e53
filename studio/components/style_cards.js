// Styles as cards: a sample picture, or where there is none its words. A click or Enter opens one.

export default function (component) {
  const data = Array.isArray(component.data) ? component.data[0] : component.data
  const list = component.parentElement.querySelector('.gallery')
  list.setAttribute('aria-label', data.label)
  const known = new Map([...list.children].map(card => [card.dataset.id, card]))
  const cards = data.items.map(item => shown(known.get(item.id) ?? blank(), item))
  arrangeKept(list, cards)
  walkable(list, cards, cards.find(card => card.getAttribute('aria-pressed') === 'true'))
  for (const card of cards) card.onclick = () => component.setTriggerValue('picked', card.dataset.id)
}

function shown (card, item) {
  card.dataset.id = item.id
  card.setAttribute('aria-pressed', String(item.selected))
  const image = card.querySelector('img')
  image.hidden = !item.src
  if (item.src && image.getAttribute('src') !== item.src) image.src = item.src
  const words = card.querySelector('.words')
  words.hidden = Boolean(item.src)
  words.textContent = item.words
  card.querySelector('.name').textContent = item.name
  card.querySelector('.mark').textContent = item.marks.join(' · ')
  card.title = item.words
  return card
}

function blank () {
  const card = document.createElement('button')
  card.type = 'button'
  const frame = document.createElement('span')
  frame.className = 'frame'
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  const parts = ['words', 'name', 'mark'].map(name => {
    const part = document.createElement('span')
    part.className = name
    return part
  })
  frame.append(image, parts[0])
  card.append(frame, parts[1], parts[2])
  return card
}
