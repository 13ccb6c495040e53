const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

// The new picture takes the old one's place only when it is decoded: no flash of white between two edits.
const show = (figure, data) => {
  if (figure.dataset.wanted === data.src) return
  const current = figure.querySelector('img')
  const next = new Image()
  next.alt = data.alt
  next.decoding = 'async'
  next.draggable = false
  figure.dataset.wanted = data.src
  next.onload = () => {
    if (figure.dataset.wanted !== data.src) return
    figure.querySelector('img')?.replaceWith(next)
    figure.dataset.shown = data.src
    figure.classList.remove('waiting', 'broken')
    if (!figure.held) clearGhost(figure)
    window.dispatchEvent(new CustomEvent('kitsumy-page', { detail: data.page }))
  }
  next.onerror = () => { figure.classList.add('broken'); delete figure.dataset.wanted }
  next.src = data.src
  if (!current) {
    const blank = new Image()
    blank.alt = data.alt
    figure.prepend(blank)
    figure.classList.add('waiting')
  }
}

const panelGroup = (context, panel, index) => {
  const { figure, data } = context
  const group = make('g', {
    class: 'panel', tabindex: panel.selected ? 0 : -1, role: 'button',
    'aria-pressed': String(panel.selected), 'aria-label': panel.label,
  })
  group.dataset.id = panel.id
  if (panel.mark) group.classList.add(panel.mark)
  group.append(make('polygon', { points: panel.points.map(p => p.join(',')).join(' ') }))
  const title = make('title')
  title.textContent = panel.label
  group.append(title)
  group.onclick = () => context.pick(panel.id)
  group.onkeydown = event => {
    if (event.key === 'Enter' || event.key === ' ') context.pick(panel.id)
    else if (event.key === 'c' && panel.selected && panel.art) { cropMode(context, panel); tools(context, null) }
    else if (event.key === 'f' && panel.selected && panel.faces.length) { faceMode(context, panel); tools(context, null) }
    else if (event.key in STEP) {
      const next = data.panels[(index + STEP[event.key] + data.panels.length) % data.panels.length]
      figure.dataset.focus = next.id
      context.pick(next.id)
    } else return
    event.preventDefault()
  }
  return group
}

// A small bar over the page: what can be done with the chosen panel's picture and the chosen balloon.
const tools = (context, chosen) => {
  const { figure, data } = context
  const bar = document.createElement('div')
  bar.className = 'tools'
  bar.setAttribute('role', 'toolbar')
  bar.setAttribute('aria-label', data.words.tools)
  const button = (text, hint, act, name) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.textContent = text
    made.title = hint
    made.setAttribute('aria-label', hint)
    made.dataset.tool = name
    made.onclick = act
    bar.append(made)
  }
  const panel = data.panels.find(p => p.selected)
  if (figure.classList.contains('cropping')) {
    button(data.words.cropKeep, data.words.cropKeep, () => figure.endCrop?.(true), 'crop-keep')
    button(data.words.cropLeave, data.words.cropLeave, () => figure.endCrop?.(false), 'crop-leave')
  } else {
    if (chosen) {
      const change = key => event => { keyOnBalloon(context, chosen, null, { preventDefault () {}, stopPropagation () {}, ...key }) }
      if (chosen.kind === 'sfx') {
        button('⤺', data.words.turnLeft, change({ code: 'KeyR', shiftKey: true }), 'turn-left')
        button('⤻', data.words.turnRight, change({ code: 'KeyR' }), 'turn-right')
        button('−', data.words.smaller, change({ key: '-' }), 'smaller')
        button('+', data.words.larger, change({ key: '+' }), 'larger')
        button('⌒', data.words.bendUp, change({ code: 'KeyB' }), 'bend-up')
        button('⌣', data.words.bendDown, change({ code: 'KeyB', shiftKey: true }), 'bend-down')
      }
      if (chosen.locked) button('↺', data.words.automatic, () => context.place(chosen, null), 'automatic')
    }
    if (panel?.faces?.length) button('☺', data.words.faces, () => { faceMode(context, panel); refresh(context, chosen) }, 'faces')
    if (panel?.facesKnown) button('☺↺', data.words.facesAuto, () => context.face(panel, null), 'faces-reset')
    if (panel?.art) button('✥', data.words.crop, () => { cropMode(context, panel); refresh(context, chosen) }, 'crop')
    if (panel?.art?.hand) button('⛶', data.words.cropAll, () => context.crop(panel, null), 'crop-reset')
  }
  figure.querySelector('.tools')?.remove()
  if (bar.children.length) figure.append(bar)
}

const refresh = (context, balloon) => {
  const { svg, figure } = context
  svg.querySelector('.handles')?.remove()
  for (const group of svg.querySelectorAll('.balloon')) group.classList.toggle('chosen', group.dataset.balloon === balloon?.id)
  if (balloon && !figure.classList.contains('cropping')) svg.append(handlesOf(context, balloon))
  tools(context, balloon)
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const figure = parentElement.querySelector('.page')
  figure.style.setProperty('--ratio', String(data.width / data.height))
  show(figure, data)
  // The server tells of a new picture while the screen is still being redrawn.
  window.removeEventListener('kitsumy-news', figure.follow)
  figure.follow = ({ detail: { page, v, edition, src } }) => {
    if (page === data.page.id && edition === data.edition) show(figure, { ...data, src, page: { id: page, v } })
  }
  window.addEventListener('kitsumy-news', figure.follow)
  const svg = figure.querySelector('svg')
  svg.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`)
  svg.setAttribute('aria-label', data.label)
  const active = parentElement.activeElement?.dataset
  const focused = active?.id
  const context = {
    figure, svg, data,
    pick: id => setTriggerValue('picked', id),
    place: (balloon, place) => {
      figure.dataset.balloon = balloon.id
      setTriggerValue('placed', { id: balloon.id, panel: balloon.panel, place: place && tidyPlace(place) })
    },
    face: (panel, focus) => setTriggerValue('faced', { panel: panel.id, focus }),
    crop: (panel, crop) => setTriggerValue('cropped', { panel: panel.id, crop }),
    choose: balloon => {
      if (figure.dataset.balloon === balloon.id && svg.querySelector('.handles')) return
      figure.dataset.balloon = balloon.id
      refresh(context, balloon)
    },
    focusPanel: id => { delete figure.dataset.balloon; refresh(context, null); svg.querySelector(`.panel[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }) },
  }
  const ghost = svg.querySelector('.ghost')
  const keepGhost = ghost && figure.dataset.shown !== data.src
  const cropping = figure.classList.contains('cropping')
  if (cropping) endCrop(figure)
  const panels = data.panels.map((panel, index) => panelGroup(context, panel, index))
  const balloons = data.balloons.map(balloon => balloonGroup(context, balloon))
  svg.replaceChildren(...panels, ...balloons, ...(keepGhost ? [ghost] : []))
  if (!keepGhost) figure.classList.remove('moving')
  const chosen = data.balloons.find(b => b.id === figure.dataset.balloon && b.active)
  if (!chosen) delete figure.dataset.balloon
  refresh(context, chosen)
  if (active?.balloon) svg.querySelector(`.balloon[data-balloon="${CSS.escape(active.balloon)}"]`)?.focus({ preventScroll: true })
  const wanted = figure.dataset.focus || focused
  delete figure.dataset.focus
  panels.find(group => group.dataset.id === wanted)?.focus({ preventScroll: true })
  return () => window.removeEventListener('kitsumy-news', figure.follow)
}
