// Cards of panels in rows of pages. Drag with the pointer, or Alt+arrows; every move is one event with the revision
// it was made on, so that a board out of date moves nothing.
const START = 5
const HOLD = 280  // a finger that rests so long on a card lifts it; one that moves before scrolls the board

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const board = parentElement.querySelector('.board')
  if (board.dragging) { board.pending = () => draw(board, data, parentElement, setTriggerValue); return }
  draw(board, data, parentElement, setTriggerValue)
  return () => board.stop?.()
}

function draw (board, data, parentElement, setTriggerValue) {
  const focused = board.dataset.focus || parentElement.activeElement?.dataset?.id
  delete board.dataset.focus
  const move = (id, page, index) => setTriggerValue('moved', { id, page, index, rev: data.rev })
  board.setAttribute('aria-label', data.label)
  board.replaceChildren(...data.pages.flatMap((page, row) => {
    const line = document.createElement('div')
    line.className = 'page'
    line.classList.toggle('current', page.current)
    const name = document.createElement('span')
    name.className = 'name'
    name.textContent = page.title
    const cards = document.createElement('div')
    cards.className = 'cards'
    cards.dataset.page = page.id
    cards.append(...page.panels.map((panel, index) => {
      const card = document.createElement('div')
      card.className = 'card'
      card.dataset.id = panel.id
      card.tabIndex = 0
      card.setAttribute('role', 'button')
      card.setAttribute('aria-roledescription', data.draggable)
      card.setAttribute('aria-label', `${page.title}: ${panel.label}`)
      card.title = panel.label
      const image = new Image()
      image.alt = ''
      image.loading = 'lazy'
      image.draggable = false
      image.src = panel.src
      const text = document.createElement('span')
      text.textContent = panel.label
      card.append(image, text)
      card.onclick = () => { if (!board.moved) setTriggerValue('picked', { id: panel.id, page: page.id }) }
      card.onpointerdown = event => grab(board, card, event, move)
      card.onkeydown = event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault()
          setTriggerValue('picked', { id: panel.id, page: page.id })
        }
        if (!event.altKey) return
        const before = data.pages[row - 1], after = data.pages[row + 1]
        board.dataset.focus = panel.id
        if (event.key === 'ArrowLeft' && index > 0) move(panel.id, page.id, index - 1)
        else if (event.key === 'ArrowRight' && index < page.panels.length - 1) move(panel.id, page.id, index + 1)
        else if (event.key === 'ArrowUp' && before) move(panel.id, before.id, before.panels.length)
        else if (event.key === 'ArrowDown' && after) move(panel.id, after.id, 0)
        else return
        event.preventDefault()
      }
      return card
    }))
    line.append(name, cards)
    if (!page.chapter) return [line]
    const heading = document.createElement('h4')
    heading.textContent = page.chapter
    return [heading, line]
  }))
  const cards = [...board.querySelectorAll('.card')]
  const held = cards.find(card => card.dataset.id === focused)
  walkable(board, cards, held ?? board.querySelector('.current .card'))
  held?.focus({ preventScroll: true })
}

function grab (board, card, start, move) {
  if (start.button !== 0) return
  const byFinger = start.pointerType === 'touch'
  let ghost = null, place = null, rests = !byFinger
  const hold = byFinger && setTimeout(() => { rests = true; card.classList.add('held') }, HOLD)
  const still = event => { if (rests) event.preventDefault() }
  const mark = document.createElement('i')
  mark.className = 'mark'
  const follow = event => {
    if (!ghost) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < START) return
      if (!rests) { stop(); return }
      ghost = card.cloneNode(true)
      ghost.classList.add('ghost')
      ghost.style.width = `${card.offsetWidth}px`
      board.append(ghost)
      card.classList.add('lifted')
      board.dragging = board.moved = true
    }
    ghost.style.transform = `translate(${event.clientX - 40}px, ${event.clientY - 20}px)`
    place = target(board, card, event)
    if (place) place.cards.insertBefore(mark, place.before)
    else mark.remove()
    event.preventDefault()
  }
  const end = event => {
    stop()
    if (event.type === 'pointerup' && place) move(card.dataset.id, place.cards.dataset.page, place.index)
    else board.pending?.()
    board.pending = null
    setTimeout(() => { board.moved = false })
  }
  const stop = () => {
    clearTimeout(hold)
    window.removeEventListener('touchmove', still)
    card.classList.remove('held')
    window.removeEventListener('pointermove', follow)
    window.removeEventListener('pointerup', end)
    window.removeEventListener('pointercancel', end)
    window.removeEventListener('keydown', escape, true)
    ghost?.remove()
    mark.remove()
    card.classList.remove('lifted')
    board.dragging = false
  }
  const escape = event => { if (event.key === 'Escape') { place = null; end(event); event.stopPropagation() } }
  window.addEventListener('touchmove', still, { passive: false })
  window.addEventListener('pointermove', follow)
  window.addEventListener('pointerup', end)
  window.addEventListener('pointercancel', end)
  window.addEventListener('keydown', escape, true)
  board.stop = stop
}

// `index` is counted among the target's cards without the dragged one.
function target (board, card, event) {
  for (const cards of board.querySelectorAll('.cards')) {
    const box = cards.parentElement.getBoundingClientRect()
    if (event.clientY < box.top || event.clientY > box.bottom) continue
    const others = [...cards.querySelectorAll('.card:not(.ghost)')].filter(other => other !== card)
    const index = others.findIndex(other => {
      const at = other.getBoundingClientRect()
      return event.clientY < at.top || (event.clientY < at.bottom && event.clientX < at.left + at.width / 2)
    })
    return { cards, index: index < 0 ? others.length : index, before: index < 0 ? null : others[index] }
  }
  return null
}
