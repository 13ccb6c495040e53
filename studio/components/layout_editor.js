// Draw a layout: a stroke cuts the panel under it, knobs on the borders move and tilt them, a panel clicked is chosen and
// the bar says what can be done with it. The geometry is done by the server; each gesture is one event.
const NS = 'http://www.w3.org/2000/svg'
const el = (name, attributes = {}, text = '') => {
  const made = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text) made.textContent = text
  return made
}
const W = 1000
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const clamp = v => Math.min(1, Math.max(0, v))

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.drawing')
  const H = W / data.ratio
  const send = event => { root.sent = (root.sent || 0) + 1; setTriggerValue('drawn', { ...event, n: `${Date.now()}-${root.sent}` }) }
  if (root.chosen >= data.panels.length) root.chosen = null
  const svg = el('svg', { viewBox: `-30 -30 ${W + 60} ${H + 60}`, role: 'group', 'aria-label': data.words.label })
  const at = event => {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse())
    return [side(clamp(p.x / W)), clamp(p.y / H)]
  }
  // Layouts are kept for reading from left to right; a comic read from the right shows and draws them mirrored.
  const side = x => data.mirrored ? 1 - x : x
  const px = ([x, y]) => [side(x) * W, y * H]
  const ends = (line, a, b) => { const [x1, y1] = px(a), [x2, y2] = px(b); for (const [k, v] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(k, v) }
  const draw = () => {
    const held = stopOf(parentElement.activeElement)
    paint()
    bar()
    focusOn(held)
  }
  // What is drawn anew keeps the focus: the same panel or tool, or where that went the first tool there is.
  const stopOf = node => node?.dataset?.stop ?? node?.dataset?.tool
  const focusOn = held => {
    if (!held) return
    const all = [...tools.querySelectorAll('button'), ...svg.querySelectorAll('[data-stop]')]
    ;(all.find(node => stopOf(node) === held) ?? all[0])?.focus({ preventScroll: true })
  }

  const drag = (start, move, end) => {
    const go = event => move(at(event), event)
    const stop = event => {
      window.removeEventListener('pointermove', go, true)
      window.removeEventListener('pointerup', stop, true)
      window.removeEventListener('pointercancel', stop, true)
      end(at(event), event.type === 'pointerup')
    }
    window.addEventListener('pointermove', go, true)
    window.addEventListener('pointerup', stop, true)
    window.addEventListener('pointercancel', stop, true)
    start.preventDefault()
  }

  const panelNode = (panel, index) => {
    const group = el('g', { class: `panel${index === root.chosen ? ' chosen' : ''}${panel.z ? ' inset' : ''}`, tabindex: 0, role: 'button',
      'aria-pressed': String(index === root.chosen), 'aria-label': `${data.words.panel} ${index + 1}` })
    group.append(el('polygon', { points: panel.points.map(p => px(p).join(',')).join(' '), class: panel.border ? '' : 'bare' }))
    const cx = panel.points.reduce((s, p) => s + p[0], 0) / panel.points.length
    const cy = panel.points.reduce((s, p) => s + p[1], 0) / panel.points.length
    if (panel.z) group.append(el('title', {}, data.words.insetHow))
    group.append(el('text', { x: side(cx) * W, y: cy * H }, `${index + 1}${panel.bleed.length ? ' ↗' : ''}`))
    group.dataset.stop = `panel-${index}`
    group.onkeydown = event => {
      const way = ARROWS[event.key], grow = { '+': 1, '=': 1, '-': -1 }[event.key]
      if (event.key === 'Enter' || event.key === ' ') choose(index)
      else if (event.key === 'Escape' && root.joining != null) choose(root.joining)
      else if (panel.z && (way || grow)) send({ op: 'box', panel: index, box: shiftedBox(panel, way, grow, event.shiftKey) })
      else return
      event.preventDefault()
    }
    if (panel.z) {
      group.onpointerdown = event => {
        const from = at(event)
        const [x0, y0, x1, y1] = [...panel.points[0], ...panel.points[2]]
        drag(event, ([x, y]) => group.setAttribute('transform', `translate(${(side(x) - side(from[0])) * W} ${(y - from[1]) * H})`), ([x, y], ok) => {
          const dx = Math.min(1 - x1, Math.max(-x0, x - from[0])), dy = Math.min(1 - y1, Math.max(-y0, y - from[1]))
          if (!ok || Math.hypot(dx, dy) < 0.01) return choose(index)
          root.chosen = null
          send({ op: 'box', panel: index, box: [x0 + dx, y0 + dy, x1 + dx, y1 + dy] })
        })
        event.stopPropagation()
      }
    }
    return group
  }

  // An inset by keys: arrows move it, + and - change its size at the lower corner.
  const shiftedBox = ({ points: [[x0, y0], , [x1, y1]] }, way, grow, far) => {
    const step = far ? 0.05 : 0.01
    if (grow) return [x0, y0, Math.min(1, x1 + grow * step), Math.min(1, y1 + grow * step)]
    const dx = Math.min(1 - x1, Math.max(-x0, way[0] * step * (data.mirrored ? -1 : 1)))
    const dy = Math.min(1 - y1, Math.max(-y0, way[1] * step))
    return [x0 + dx, y0 + dy, x1 + dx, y1 + dy]
  }

  const choose = index => {
    if (root.joining != null && root.joining !== index) {
      const panels = [root.joining, index]
      root.joining = root.chosen = null
      return send({ op: 'merge', panels })
    }
    root.joining = null
    root.chosen = root.chosen === index ? null : index
    draw()
  }

  const knob = (border, kind) => {
    const spot = { move: mix(border, border.middle), start: mix(border, 0.12), end: mix(border, 0.88) }[kind]
    const circle = el('circle', { cx: px(spot)[0], cy: px(spot)[1], r: kind === 'move' ? 17 : 11, class: `knob ${kind}`, tabindex: 0,
      role: 'slider', 'aria-label': kind === 'move' ? data.words.move : data.words.tilt, 'aria-valuenow': 0 })
    circle.append(el('title', {}, kind === 'move' ? data.words.move : data.words.tilt))
    const shifted = (dx, dy) => {
      const far = kind === 'move' ? [1, 1] : kind === 'start' ? [1.35, 0] : [0, 1.35]
      return [border.a, border.b].map((p, n) => [p[0] + dx * far[n], p[1] + dy * far[n]])
    }
    circle.onpointerdown = event => {
      const line = el('line', { class: 'wish' })
      svg.append(line)
      const show = to => ends(line, ...to)
      drag(event, ([x, y]) => show(shifted(x - spot[0], y - spot[1])), ([x, y], ok) => {
        line.remove()
        if (ok && Math.hypot(x - spot[0], y - spot[1]) > 0.004) send({ op: 'border', a: border.a, b: border.b, to: shifted(x - spot[0], y - spot[1]) })
      })
      event.stopPropagation()
    }
    circle.onkeydown = event => {
      if (!ARROWS[event.key]) return
      const step = event.shiftKey ? 0.05 : 0.01
      const [dx, dy] = [ARROWS[event.key][0] * step * (data.mirrored ? -1 : 1), ARROWS[event.key][1] * step]
      root.focusNear = [spot[0] + dx, spot[1] + dy, kind]
      send({ op: 'border', a: border.a, b: border.b, to: shifted(dx, dy) })
      event.preventDefault()
    }
    circle.near = spot
    circle.kind = kind
    return circle
  }
  const mix = (border, t) => [border.a[0] + (border.b[0] - border.a[0]) * t, border.a[1] + (border.b[1] - border.a[1]) * t]

  const spread = () => {
    const taken = []
    for (const border of data.borders) {
      const free = t => taken.every(p => Math.hypot(p[0] - mix(border, t)[0], p[1] - mix(border, t)[1]) > 0.07)
      border.middle = [0.5, 0.36, 0.64, 0.27].find(free) ?? 0.5
      taken.push(mix(border, border.middle), mix(border, 0.12), mix(border, 0.88))
    }
  }

  const paint = () => {
    spread()
    const order = data.panels.map((panel, index) => ({ panel, index })).sort((a, b) => a.panel.z - b.panel.z)
    const knobs = data.borders.flatMap(border => ['start', 'end', 'move'].map(kind => knob(border, kind)))
    svg.replaceChildren(el('rect', { x: 0, y: 0, width: W, height: H, class: 'paper' }), ...order.map(({ panel, index }) => panelNode(panel, index)), ...knobs)
    const inset = root.chosen == null ? null : data.panels[root.chosen]
    if (inset?.z) {
      const corner = el('circle', { cx: px(inset.points[2])[0], cy: px(inset.points[2])[1], r: 17, class: 'knob move' })
      corner.onpointerdown = event => {
        drag(event, spot => { corner.setAttribute('cx', px(spot)[0]); corner.setAttribute('cy', px(spot)[1]) }, ([x, y], ok) => {
          if (ok) send({ op: 'box', panel: root.chosen, box: [...inset.points[0], x, y] })
        })
        event.stopPropagation()
      }
      svg.append(corner)
    }
  }

  svg.onpointerdown = event => {
    if (event.button !== 0) return
    const from = at(event)
    const line = el('line', { class: 'wish' })
    svg.append(line)
    drag(event, spot => ends(line, from, spot), ([x, y], ok) => {
      line.remove()
      if (!ok) return
      if (Math.hypot(x - from[0], y - from[1]) < 0.03) {
        const index = hit(from)
        if (index >= 0) choose(index)
      } else { root.chosen = null; send({ op: 'cut', a: from, b: [x, y] }) }
    })
  }
  const inside = (points, [x, y]) => points.every((p, i) => {
    const q = points[(i + 1) % points.length]
    return (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) >= -1e-6
  })
  const hit = spot => data.panels.reduce((best, panel, index) => inside(panel.points, spot) && (best < 0 || panel.z > data.panels[best].z) ? index : best, -1)

  const tools = document.createElement('div')
  tools.className = 'bar'
  const bar = () => {
    tools.replaceChildren()
    const add = (name, act, pressed) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = data.words[name]
      button.dataset.tool = name
      if (pressed != null) button.setAttribute('aria-pressed', String(pressed))
      button.onclick = act
      tools.append(button)
    }
    const panel = root.chosen == null ? null : data.panels[root.chosen]
    const hint = document.createElement('span')
    hint.textContent = root.joining != null ? data.words.joinHow : panel ? `${data.words.panel} ${root.chosen + 1}` : data.words.how
    tools.append(hint)
    if (!panel) { add('inset', () => send({ op: 'inset' })); return }
    const index = root.chosen
    if (panel.z) add('remove', () => { root.chosen = null; send({ op: 'remove', panel: index }) })
    else {
      add('rows', () => send({ op: 'split', panel: index, way: 'rows' }))
      add('columns', () => send({ op: 'split', panel: index, way: 'columns' }))
      if (data.panels.length > 1) add('join', () => { root.joining = index; draw() })
      add('bleed', () => send({ op: 'bleed', panel: index }), panel.bleed.length > 0)
    }
    add('frame', () => send({ op: 'frame', panel: index }), panel.border)
  }
  const isOpening = !root.firstElementChild && document.activeElement === document.body
  const held = isOpening ? 'panel-0' : stopOf(parentElement.activeElement)
  draw()
  root.replaceChildren(tools, svg)
  if (!root.focusNear) focusOn(held)
  else {
    const [x, y, kind] = root.focusNear
    root.focusNear = null
    const knobs = [...svg.querySelectorAll('.knob')].filter(k => k.kind === kind)
    knobs.sort((a, b) => Math.hypot(a.near[0] - x, a.near[1] - y) - Math.hypot(b.near[0] - x, b.near[1] - y))
    knobs[0]?.focus({ preventScroll: true })
  }
}
