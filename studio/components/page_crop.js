// Choosing which part of a panel's picture is shown: drag to move it, wheel, pinch or + and - to come nearer.
const cropMode = (context, panel) => {
  const { figure, svg, data } = context
  endCrop(figure)
  const [x0, y0, width, height] = panel.box
  const ratio = width / height
  const whole = panel.art.width / panel.art.height
  const most = whole > ratio ? { width: ratio / whole, height: 1 } : { width: 1, height: whole / ratio }
  let crop = { ...panel.art.crop }
  let changed = false
  const layer = make('g', { class: 'crop', tabindex: 0, role: 'application', 'aria-label': data.words.cropHow })
  const id = `crop-${panel.id.replace(/[^\w-]/g, '_')}`
  const clip = make('clipPath', { id })
  clip.append(make('polygon', { points: panel.points.map(p => p.join(',')).join(' ') }))
  const art = make('image', { href: panel.art.src, 'clip-path': `url(#${id})`, preserveAspectRatio: 'none' })
  const frame = make('polygon', { class: 'frame', points: panel.points.map(p => p.join(',')).join(' ') })
  layer.append(clip, art, frame)
  svg.append(layer)
  grippable(layer)
  figure.classList.add('cropping')

  const draw = () => {
    const w = width / crop.width, h = height / crop.height
    for (const [key, value] of Object.entries({ x: x0 - crop.x * w, y: y0 - crop.y * h, width: w, height: h })) art.setAttribute(key, value)
  }
  const to = (x, y, wide = crop.width) => {
    const w = bounded(wide, most.width / 6, most.width)
    const h = w * (most.height / most.width)
    crop = { x: bounded(x, 0, 1 - w), y: bounded(y, 0, 1 - h), width: w, height: h }
    changed = true
    draw()
  }
  const zoom = factor => {
    const w = bounded(crop.width * factor, most.width / 6, most.width)
    const h = w * (most.height / most.width)
    to(crop.x + (crop.width - w) / 2, crop.y + (crop.height - h) / 2, w)
  }
  const fingers = new Map()
  layer.onpointerdown = event => {
    fingers.set(event.pointerId, event)
    const begun = { ...crop }
    follow(svg, event, (dx, dy, now) => {
      const before = [...fingers.values()]
      fingers.set(event.pointerId, now)
      if (fingers.size === 2) {
        const [a, b] = before, [c, d] = [...fingers.values()]
        const gap = Math.hypot(c.clientX - d.clientX, c.clientY - d.clientY)
        if (gap > 1) zoom(Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) / gap)
      } else to(begun.x - (dx / width) * crop.width, begun.y - (dy / height) * crop.height)
    }, () => fingers.delete(event.pointerId))
    event.preventDefault()
  }
  layer.onwheel = event => { zoom(event.deltaY > 0 ? 1.06 : 1 / 1.06); event.preventDefault() }
  const done = keep => {
    endCrop(figure)
    if (keep && changed) context.crop(panel, Object.fromEntries(Object.entries(crop).map(([k, v]) => [k, rounded(v)])))
    context.focusPanel(panel.id)
  }
  layer.onkeydown = event => {
    const way = ARROWS[event.key]
    const step = event.shiftKey ? 0.1 : 0.02
    if (way) to(crop.x - way[0] * step * crop.width, crop.y - way[1] * step * crop.height)
    else if (event.key === '+' || event.key === '=') zoom(1 / 1.08)
    else if (event.key === '-') zoom(1.08)
    else if (event.key === 'Enter') done(true)
    else if (event.key === 'Escape') done(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  figure.endCrop = done
  to(crop.x, crop.y)
  changed = false
  layer.focus({ preventScroll: true })
}

const endCrop = figure => {
  figure.querySelector('.crop')?.remove()
  figure.classList.remove('cropping')
  figure.endCrop = null
}

// Saying where faces are: a ring with a name for each character, put on the face; tails point there, balloons stay off it.
const faceMode = (context, panel) => {
  const { figure, svg, data } = context
  endCrop(figure)
  const [x0, y0, width, height] = panel.box
  const layer = make('g', { class: 'crop faces', role: 'application', 'aria-label': data.words.facesHow })
  layer.append(make('polygon', { class: 'frame', points: panel.points.map(p => p.join(',')).join(' ') }))
  const size = data.width / 60
  const places = panel.faces.map(face => ({ x: face.x, y: face.y }))
  panel.faces.forEach((face, n) => {
    const ring = make('g', { class: 'ring', tabindex: 0, role: 'button', 'aria-label': face.name })
    ring.append(make('ellipse', { rx: Math.max(face.rx, size), ry: Math.max(face.ry, size) }))
    const name = make('text', { 'font-size': size * 1.3, y: -Math.max(face.ry, size) - size * 0.5 })
    name.textContent = face.name
    ring.append(name)
    const put = (x, y) => {
      places[n] = { x: bounded(x, x0, x0 + width), y: bounded(y, y0, y0 + height) }
      ring.setAttribute('transform', `translate(${places[n].x} ${places[n].y})`)
    }
    put(face.x, face.y)
    ring.onpointerdown = event => {
      const from = { ...places[n] }
      ring.focus({ preventScroll: true })
      follow(svg, event, (dx, dy) => put(from.x + dx, from.y + dy), done => { if (!done) put(from.x, from.y) })
      event.preventDefault()
    }
    ring.onkeydown = event => {
      const way = ARROWS[event.key], step = width * (event.shiftKey ? 0.05 : 0.01)
      if (way) put(places[n].x + way[0] * step, places[n].y + way[1] * step)
      else if (event.key === 'Enter') done(true)
      else if (event.key === 'Escape') done(false)
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    grippable(ring)
    layer.append(ring)
  })
  svg.append(layer)
  figure.classList.add('cropping')
  const shares = ({ x, y }) => {
    const crop = panel.art?.crop ?? { x: 0, y: 0, width: 1, height: 1 }
    return [rounded(bounded(crop.x + ((x - x0) / width) * crop.width, 0, 1)), rounded(bounded(crop.y + ((y - y0) / height) * crop.height, 0, 1))]
  }
  const done = keep => {
    endCrop(figure)
    if (keep) context.face(panel, places.map(shares))
    context.focusPanel(panel.id)
  }
  figure.endCrop = done
  layer.querySelector('.ring')?.focus({ preventScroll: true })
}
