// Pictures in a row or grid; a click picks one. With data.many several can be chosen, each click toggles.
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('.gallery')
  list.setAttribute('aria-label', data.label)
  list.style.setProperty('--size', data.size)
  const known = new Map([...list.children].map(item => [item.dataset.id, item]))
  const items = data.items.map(item => {
    const button = known.get(item.id) ?? blank()
    button.dataset.id = item.id
    button.setAttribute('aria-pressed', String(item.selected))
    button.setAttribute('aria-label', item.label)
    button.title = item.label
    button.className = item.mark ?? ''
    const image = button.querySelector('img')
    if (image.getAttribute('src') !== item.src) image.src = item.src
    image.style.aspectRatio = item.aspect
    button.querySelector('.caption').textContent = item.caption
    button.querySelector('.badge').textContent = item.badge ?? ''
    button.onclick = () => setTriggerValue('picked', item.id)
    return button
  })
  arrangeKept(list, items)
  walkable(list, items, items.find(item => item.getAttribute('aria-pressed') === 'true'))
}

function blank () {
  const button = document.createElement('button')
  const frame = document.createElement('span')
  frame.className = 'frame'
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  image.onerror = () => button.classList.add('lost')
  image.onload = () => button.classList.remove('lost')
  const badge = document.createElement('span')
  badge.className = 'badge'
  const caption = document.createElement('span')
  caption.className = 'caption'
  frame.append(image, badge)
  button.append(frame, caption)
  return button
}
