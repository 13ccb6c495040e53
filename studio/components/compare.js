// One picture, or two under a slider: what is left of the handle is the first, what is right of it the second.
export default function (component) {
  const data = Array.isArray(component.data) ? component.data[0] : component.data
  const root = component.parentElement.querySelector('.gallery')
  if (!root.querySelector('img')) build(root)
  const [first, second] = root.querySelectorAll('img')
  const slider = root.querySelector('input')
  root.style.setProperty('--aspect', data.aspect)
  root.classList.toggle('two', Boolean(data.other))
  put(first, data.shown)
  put(second, data.other)
  root.querySelector('.left').textContent = data.other?.label ?? ''
  root.querySelector('.right').textContent = data.other ? data.shown.label : ''
  slider.setAttribute('aria-label', data.label)
  slider.hidden = !data.other
  slider.oninput = () => root.style.setProperty('--at', `${slider.value}%`)
}

function put (image, picture) {
  if (!picture) {
    image.removeAttribute('src')
    image.alt = ''
    return
  }
  if (image.getAttribute('src') !== picture.src) image.src = picture.src
  image.alt = picture.label
}

function build (root) {
  const shown = new Image()
  shown.className = 'shown'
  const other = new Image()
  other.className = 'other'
  const handle = document.createElement('span')
  handle.className = 'handle'
  const slider = document.createElement('input')
  slider.type = 'range'
  slider.min = 0
  slider.max = 100
  slider.value = 50
  const names = ['left', 'right'].map(side => {
    const name = document.createElement('span')
    name.className = side
    return name
  })
  root.append(shown, other, handle, ...names, slider)
}
