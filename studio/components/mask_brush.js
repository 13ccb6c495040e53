// Paint over a picture what is to be drawn anew. The mask leaves as a PNG: white where painted, black elsewhere.
const MOST_SIDE = 1536

export default function (component) {
  const data = Array.isArray(component.data) ? component.data[0] : component.data
  const root = component.parentElement.querySelector('.gallery')
  const brush = root.brush ?? (root.brush = build(root))
  brush.words(data.words)
  brush.show(data.src, data.width, data.height)
  brush.changed = () => component.setStateValue('mask', brush.png())
}

function build (root) {
  const stage = make('div', 'stage')
  const image = new Image()
  image.alt = ''
  const canvas = make('canvas', 'paint')
  canvas.tabIndex = 0
  const cursor = make('span', 'cursor')
  stage.append(image, canvas, cursor)
  const bar = make('div', 'bar')
  const size = make('input', 'size')
  size.type = 'range'
  size.min = 2
  size.max = 40
  size.value = 12
  const label = make('label', 'label')
  const name = make('span', '')
  label.append(name, size)
  const [erase, undo, clear, all] = ['erase', 'undo', 'clear', 'all'].map(kind => {
    const button = make('button', kind)
    button.type = 'button'
    return button
  })
  bar.append(label, erase, undo, clear, all)
  root.append(bar, stage)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const past = []
  let erasing = false
  let last = null
  let source = ''
  const brush = { changed: () => {}, words, show, png }

  function words (texts) {
    name.textContent = texts.size
    for (const [button, text] of [[erase, texts.erase], [undo, texts.undo], [clear, texts.clear], [all, texts.all]]) {
      button.textContent = text
    }
    canvas.setAttribute('aria-label', texts.canvas)
    canvas.setAttribute('role', 'application')
    canvas.title = texts.canvas
  }

  function show (src, width, height) {
    if (src === source) return
    source = src
    image.src = src
    const factor = Math.min(1, MOST_SIDE / Math.max(width, height))
    canvas.width = Math.round(width * factor)
    canvas.height = Math.round(height * factor)
    stage.style.aspectRatio = `${width} / ${height}`
    stage.style.width = `min(100%, ${26 * width / height}rem)`
    past.length = 0
  }

  function keep () {
    past.push(context.getImageData(0, 0, canvas.width, canvas.height))
    if (past.length > 20) past.shift()
  }

  function at (event) {
    const box = canvas.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width * canvas.width, (event.clientY - box.top) / box.height * canvas.height]
  }

  const thickness = () => Number(size.value) / 100 * Math.min(canvas.width, canvas.height) * 1.2

  // Painting by keys: arrows move a ring, Space paints where it is and keeps painting while it is held.
  const spot = { x: 0.5, y: 0.5, paints: false }
  function ring () {
    cursor.style.left = `${spot.x * 100}%`
    cursor.style.top = `${spot.y * 100}%`
    cursor.style.width = `${thickness() / canvas.width * 100}%`
  }
  const paintSpot = () => stroke([spot.x * canvas.width, spot.y * canvas.height])
  function moveSpot ([dx, dy], far) {
    const step = far ? 0.1 : 0.02
    spot.x = Math.min(1, Math.max(0, spot.x + dx * step))
    spot.y = Math.min(1, Math.max(0, spot.y + dy * step))
    ring()
    if (spot.paints) paintSpot()
  }
  function lift () {
    if (!spot.paints) return
    spot.paints = false
    last = null
    brush.changed()
  }
  canvas.onkeyup = event => { if (event.key === ' ') lift() }
  canvas.onblur = lift
  canvas.onfocus = size.oninput = ring

  function stroke (to) {
    const [x, y] = to
    const [fromX, fromY] = last ?? [x + 0.01, y]
    context.globalCompositeOperation = erasing ? 'destination-out' : 'source-over'
    context.strokeStyle = '#ff3d5a'
    context.lineWidth = thickness()
    context.lineCap = context.lineJoin = 'round'
    context.beginPath()
    context.moveTo(fromX, fromY)
    context.lineTo(x, y)
    context.stroke()
    last = to
  }

  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    keep()
    last = null
    stroke(at(event))
  }
  canvas.onpointermove = event => { if (last) stroke(at(event)) }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!last) return
    last = null
    brush.changed()
  }
  erase.onclick = () => {
    erasing = !erasing
    erase.setAttribute('aria-pressed', String(erasing))
  }
  undo.onclick = () => {
    const before = past.pop()
    if (before) context.putImageData(before, 0, 0)
    brush.changed()
  }
  const fill = paint => () => {
    keep()
    context.globalCompositeOperation = 'source-over'
    context.clearRect(0, 0, canvas.width, canvas.height)
    if (paint) {
      context.fillStyle = '#ff3d5a'
      context.fillRect(0, 0, canvas.width, canvas.height)
    }
    brush.changed()
  }
  clear.onclick = fill(false)
  all.onclick = fill(true)
  canvas.onkeydown = event => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      event.preventDefault()
      event.stopPropagation()
      undo.click()
      return
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (way) moveSpot(way, event.shiftKey)
    else if (event.key === ' ' && !spot.paints) {
      keep()
      spot.paints = true
      paintSpot()
    } else if (event.key !== ' ') return
    event.preventDefault()
  }

  function png () {
    const painted = context.getImageData(0, 0, canvas.width, canvas.height)
    let any = false
    for (let i = 0; i < painted.data.length; i += 4) {
      const on = painted.data[i + 3] > 60
      any ||= on
      painted.data.fill(on ? 255 : 0, i, i + 3)
      painted.data[i + 3] = 255
    }
    if (!any) return ''
    const out = document.createElement('canvas')
    out.width = canvas.width
    out.height = canvas.height
    out.getContext('2d').putImageData(painted, 0, 0)
    return out.toDataURL('image/png')
  }

  return brush
}

function make (tag, name) {
  const node = document.createElement(tag)
  if (name) node.className = name
  return node
}
