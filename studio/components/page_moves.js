// Moving what lies on the page: a balloon, its tail, its width, the part of a picture that is shown. Each gesture of mouse,
// finger or keys ends in one event; until the new picture is there a ghost shows where the thing will be.
const START = 4
const PAUSE = 350
const SVG = 'http://www.w3.org/2000/svg'

const make = (name, attributes = {}) => {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

// Follow a pointer from its press to its release; `moved` gets the way in page pixels, `ended` is told whether it went far enough.
const follow = (svg, start, moved, ended) => {
  const matrix = svg.getScreenCTM().inverse()
  const at = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix)
  const from = at(start)
  let far = false
  const go = event => {
    if (event.pointerId !== start.pointerId) return
    far = far || Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) >= START
    if (far) moved(at(event).x - from.x, at(event).y - from.y, event)
  }
  const stop = event => {
    if (event.pointerId !== start.pointerId && event.type !== 'keydown') return
    if (event.type === 'keydown' && event.key !== 'Escape') return
    for (const [type, act] of acts) window.removeEventListener(type, act, true)
    ended(far && event.type === 'pointerup')
  }
  const acts = [['pointermove', go], ['pointerup', stop], ['pointercancel', stop], ['keydown', stop]]
  for (const [type, act] of acts) window.addEventListener(type, act, true)
}

// A finger on it drags it and does not scroll the page; touch-action does not hold for parts of a drawing.
const grippable = part => part.addEventListener('touchstart', event => event.preventDefault(), { passive: false })

const bounded = (value, low, high) => Math.min(high, Math.max(low, value))
const rounded = value => Math.round(value * 10000) / 10000

// Where a balloon is, as what will be committed: shares of its panel's box.
const placeOf = balloon => {
  const [x0, y0, width, height] = balloon.box
  const place = { x: (balloon.x - x0) / width, y: (balloon.y - y0) / height }
  if (balloon.hand) {
    for (const key of ['tailX', 'tailY', 'width', 'rotation', 'scale', 'arc']) if (balloon.hand[key] != null) place[key] = balloon.hand[key]
  }
  return place
}

const tidyPlace = place => Object.fromEntries(Object.entries(place).map(([key, value]) => [key, rounded(value)]))

const clearGhost = figure => { figure.querySelector('.ghost')?.remove(); figure.classList.remove('moving') }

const ghostOf = (figure, svg, balloon, className = '') => {
  clearGhost(figure)
  const ghost = make('g', { class: `ghost ${className}` })
  ghost.append(make('path', { d: balloon.path }))
  svg.append(ghost)
  figure.classList.add('moving')
  return ghost
}

const balloonGroup = (context, balloon) => {
  const { figure, svg, data, place } = context
  const [x0, y0, width, height] = balloon.box
  const group = make('g', {
    class: `balloon${balloon.locked ? ' locked' : ''}`, tabindex: balloon.active ? 0 : -1, role: 'button',
    'aria-roledescription': data.words.movable, 'aria-label': balloon.label,
  })
  group.dataset.balloon = balloon.id
  group.append(make('path', { d: balloon.path, class: 'body' }))
  const title = make('title')
  title.textContent = `${balloon.label}\n${data.words.how}`
  group.append(title)
  grippable(group)
  const commit = change => place(balloon, { ...placeOf(balloon), ...change })

  group.onpointerdown = event => {
    if (event.button !== 0 || event.target.dataset.handle) return
    context.choose(balloon)
    group.focus({ preventScroll: true })
    const ghost = ghostOf(figure, svg, balloon)
    let dx = 0, dy = 0
    follow(svg, event, (x, y) => {
      dx = bounded(x, x0 - balloon.x, x0 + width - balloon.x)
      dy = bounded(y, y0 - balloon.y, y0 + height - balloon.y)
      ghost.setAttribute('transform', `translate(${dx} ${dy})`)
    }, done => {
      if (!done) { clearGhost(figure); return context.pick(balloon.panel) }
      commit({ x: (balloon.x + dx - x0) / width, y: (balloon.y + dy - y0) / height })
    })
    event.preventDefault()
    event.stopPropagation()
  }
  group.onkeydown = event => keyOnBalloon(context, balloon, group, event)
  group.onfocus = () => context.choose(balloon)
  return group
}

const handle = (context, balloon, name, x, y, moved) => {
  const { figure, svg } = context
  const radius = context.data.width / 70
  const knob = make('circle', { cx: x, cy: y, r: radius, class: `handle ${name}` })
  knob.dataset.handle = name
  const title = make('title')
  title.textContent = context.data.words[name]
  knob.append(title)
  grippable(knob)
  knob.onpointerdown = event => {
    if (event.button !== 0) return
    let change = null
    figure.classList.add('moving')
    follow(svg, event, (dx, dy) => {
      knob.setAttribute('cx', x + dx)
      knob.setAttribute('cy', y + dy)
      change = moved(x + dx, y + dy)
    }, done => {
      figure.classList.remove('moving')
      if (done && change) context.place(balloon, { ...placeOf(balloon), ...change })
      else { knob.setAttribute('cx', x); knob.setAttribute('cy', y); clearGhost(figure) }
    })
    event.preventDefault()
    event.stopPropagation()
  }
  return knob
}

// The knobs of the chosen balloon: tail, width, and for a sound effect turning and size.
const handlesOf = (context, balloon) => {
  const [x0, y0, width, height] = balloon.box
  const group = make('g', { class: 'handles' })
  const outline = angle => ghostPath(context, balloon, angle)
  if (balloon.kind === 'sfx') {
    const turn = (balloon.rotation * Math.PI) / 180
    const reach = (a, b) => [balloon.x + a * Math.cos(turn) - b * Math.sin(turn), balloon.y + a * Math.sin(turn) + b * Math.cos(turn)]
    const away = Math.hypot(balloon.rx, balloon.ry)
    group.append(handle(context, balloon, 'turn', ...reach(0, -balloon.ry - context.data.width / 28), (x, y) => {
      const angle = (Math.atan2(y - balloon.y, x - balloon.x) * 180) / Math.PI + 90
      const rotation = Math.round(((angle + 540) % 360) - 180)
      outline(rotation - balloon.rotation, 1)
      return { rotation }
    }))
    group.append(handle(context, balloon, 'size', ...reach(balloon.rx, balloon.ry), (x, y) => {
      const scale = bounded(((balloon.hand?.scale ?? 1) * Math.hypot(x - balloon.x, y - balloon.y)) / away, 0.2, 5)
      ghostPath(context, balloon, 0, scale / (balloon.hand?.scale ?? 1))
      return { scale }
    }))
    return group
  }
  const beside = context.data.width / 80
  group.append(handle(context, balloon, 'wider', balloon.x + balloon.rx + beside, balloon.y, x => {
    const wide = bounded((2 * Math.max(1, x - beside - balloon.x)) / width, 0.05, 1.5)
    const half = (wide * width) / 2
    const ghost = ghostOf(context.figure, context.svg, { path: '' })
    ghost.append(make('ellipse', { cx: balloon.x, cy: balloon.y, rx: half, ry: balloon.ry * Math.sqrt(balloon.rx / Math.max(half, 1)) }))
    return { width: wide }
  }))
  if (balloon.tail) {
    group.append(handle(context, balloon, 'tail', ...balloon.tail, (x, y) => {
      const ghost = ghostOf(context.figure, context.svg, { path: '' })
      ghost.append(make('line', { x1: balloon.x, y1: balloon.y, x2: x, y2: y }))
      return { tailX: bounded((x - x0) / width, -2, 3), tailY: bounded((y - y0) / height, -2, 3) }
    }))
  }
  return group
}

const ghostPath = (context, balloon, degrees = 0, scale = 1) => {
  const ghost = ghostOf(context.figure, context.svg, balloon)
  const { x, y } = balloon
  ghost.setAttribute('transform', `translate(${x} ${y}) rotate(${degrees}) scale(${scale}) translate(${-x} ${-y})`)
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

// Arrows move, Alt+arrows move the tail, + and - change width or size, R and B turn and bend a sound effect.
const keyOnBalloon = (context, balloon, group, event) => {
  const { figure } = context
  if (event.ctrlKey || event.metaKey) return
  if (event.key === 'Delete' || event.key === 'Backspace') {
    if (balloon.locked) context.place(balloon, null)
  } else if (event.key === 'Escape' || event.key === 'Enter') {
    context.focusPanel(balloon.panel)
  } else {
    const held = figure.held?.id === balloon.id ? figure.held.place : placeOf(balloon)
    const next = nextPlace(balloon, held, event)
    if (!next) return
    figure.held = { id: balloon.id, place: next }
    const [x0, y0, width, height] = balloon.box
    const ghost = ghostOf(figure, context.svg, balloon)
    ghost.setAttribute('transform', `translate(${x0 + next.x * width - balloon.x} ${y0 + next.y * height - balloon.y})`)
    if (next.tailX != null && balloon.tail) {
      const [x1, y1] = [x0 + next.x * width, y0 + next.y * height]
      const line = make('line', { x1, y1, x2: x0 + next.tailX * width, y2: y0 + next.tailY * height })
      line.setAttribute('transform', `translate(${balloon.x - x1} ${balloon.y - y1})`)
      ghost.append(line)
    }
    clearTimeout(figure.wait)
    figure.wait = setTimeout(() => { figure.held = null; context.place(balloon, next) }, PAUSE)
  }
  event.preventDefault()
  event.stopPropagation()
}

const nextPlace = (balloon, held, event) => {
  const [x0, y0, width, height] = balloon.box
  const step = event.shiftKey ? 0.05 : 0.01
  const sfx = balloon.kind === 'sfx'
  const way = ARROWS[event.key]
  if (way && event.altKey) {
    if (!balloon.tail) return null
    const [tx, ty] = [held.tailX ?? (balloon.tail[0] - x0) / width, held.tailY ?? (balloon.tail[1] - y0) / height]
    return { ...held, tailX: bounded(tx + way[0] * step, -2, 3), tailY: bounded(ty + way[1] * step, -2, 3) }
  }
  if (way) return { ...held, x: bounded(held.x + way[0] * step, 0, 1), y: bounded(held.y + way[1] * step, 0, 1) }
  const grow = { '+': 1, '=': 1, '-': -1, _: -1 }[event.key]
  if (grow && sfx) return { ...held, scale: bounded((held.scale ?? 1) * (grow > 0 ? 1.08 : 1 / 1.08), 0.2, 5) }
  if (grow) return { ...held, width: bounded((held.width ?? (2 * balloon.rx) / width) + grow * 0.04, 0.05, 1.5) }
  const letter = event.code === 'KeyR' ? 'rotation' : event.code === 'KeyB' ? 'arc' : ''
  if (!sfx || !letter) return null
  const by = (letter === 'rotation' ? 3 : 10) * (event.shiftKey ? -1 : 1)
  return { ...held, [letter]: bounded((held[letter] ?? (letter === 'rotation' ? balloon.rotation : 0)) + by, -180, 180) }
}
