// Takes of a panel in a row, newest first. A click looks at one; a double click or Enter puts it on the page.
export default function (component) {
  const data = Array.isArray(component.data) ? component.data[0] : component.data
  const list = component.parentElement.querySelector('.gallery')
  const fire = (name, id) => component.setTriggerValue(name, id)
  list.setAttribute('aria-label', data.label)
  const known = new Map([...list.children].map(item => [item.dataset.id, item]))
  const items = data.items.map(item => shown(known.get(item.id) ?? blank(), item, data.favourite))
  arrangeKept(list, items)
  for (const button of items) {
    button.onclick = () => fire('looked', button.dataset.id)
    button.ondblclick = () => fire('picked', button.dataset.id)
    button.onkeydown = event => {
      if (event.key !== 'Enter') return
      event.preventDefault()
      fire('picked', button.dataset.id)
    }
  }
  const looked = items.find(item => item.classList.contains('looked'))
  walkable(list, items, looked, item => fire('looked', item.dataset.id))
  if (looked && list.dataset.looked !== looked.dataset.id) {
    list.dataset.looked = looked.dataset.id
    list.scrollLeft = Math.max(0, looked.offsetLeft - list.clientWidth / 2 + looked.clientWidth / 2)
  }
}

function shown (button, item, favourite) {
  button.dataset.id = item.id
  button.className = [item.looked ? 'looked' : '', item.stale ? 'stale' : ''].join(' ').trim()
  button.setAttribute('aria-pressed', String(item.chosen))
  button.setAttribute('aria-current', String(item.looked))
  button.setAttribute('aria-label', item.favourite ? `${item.label}, ${favourite}` : item.label)
  button.title = item.label
  const image = button.querySelector('img')
  if (image.getAttribute('src') !== item.src) image.src = item.src
  image.style.aspectRatio = item.aspect
  button.querySelector('.star').hidden = !item.favourite
  button.querySelector('.caption').textContent = item.caption
  return button
}

function blank () {
  const button = document.createElement('button')
  button.type = 'button'
  const image = new Image()
  image.alt = ''
  image.loading = 'lazy'
  image.onerror = () => button.classList.add('lost')
  const star = document.createElement('span')
  star.className = 'star'
  star.textContent = '★'
  star.setAttribute('aria-hidden', 'true')
  const caption = document.createElement('span')
  caption.className = 'caption'
  button.append(image, star, caption)
  return button
}
