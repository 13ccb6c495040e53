// The outline: chapters with their pages. Texts are typed in place and sent after a pause; rows are dragged, or moved by Alt and arrows.
// Every event waits in an outbox until the server has acknowledged its number, so that quick ones are neither lost nor done twice;
// what was typed stays "pending" as long, and newer data never overwrite it.
const PAUSE = 600
const AT_LEAST = 1000
const START = 5
const EDGE = 70

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.gallery')
  root.outline ??= {
    root, shadow: parentElement, rows: new Map(), pending: new Map(), folded: new Set(), outbox: [],
    seq: Date.now(), drag: null,
  }
  const self = root.outline
  self.trigger = setTriggerValue
  self.latest = data
  self.outbox = self.outbox.filter(event => event.seq > data.ack)
  if (self.outbox.length) setTriggerValue('sent', { events: self.outbox })
  if (!self.drag) draw(self)
}

function send (self, event) {
  self.outbox.push({ ...event, seq: ++self.seq })
  self.trigger('sent', { events: self.outbox })
  return self.seq
}

function make (tag, className, text) {
  const element = document.createElement(tag)
  element.className = className
  if (text) element.textContent = text
  return element
}

// ---- drawing: rows are kept by id, so that focus, caret and pictures stay

function draw (self) {
  const data = self.data = self.latest
  const { root, pending } = self
  const focused = self.shadow.activeElement
  if (!self.list) skeleton(self)
  root.setAttribute('aria-label', data.words.outline)
  root.style.setProperty('--aspect', data.aspect)
  for (const node of data.unsaved) Object.assign(pending.get(node) ?? {}, { dirty: true })
  const known = new Set(data.chapters.flatMap(c => [`chapter:${c.id}`, ...c.pages.map(p => `page:${p.id}`)]))
  for (const [node, text] of pending) {
    if (!known.has(node) || (text.sent && text.sent <= data.ack && !text.dirty)) pending.delete(node)
  }
  for (const node of [...self.rows.keys()]) if (!known.has(node)) self.rows.delete(node)
  place(self.list, data.chapters.map(chapter => chapterRow(self, chapter)))
  self.add.textContent = `+ ${data.words.addChapter}`
  if (data.said) self.live.textContent = data.said
  if (focused && focused !== self.shadow.activeElement && root.contains(focused)) focused.focus({ preventScroll: true })
  if (data.focus && data.focus !== self.focusedOnce) {
    self.focusedOnce = data.focus
    const row = self.rows.get(`page:${data.focus}`) ?? self.rows.get(`chapter:${data.focus}`)
    row?.text.focus()
  }
}

function skeleton (self) {
  self.list = make('div', 'chapters')
  self.add = make('button', 'add last')
  self.add.onclick = () => ask(self, 'add-chapter', 'chapter', '')
  self.mark = make('div', 'mark')
  self.live = make('div', 'live')
  self.live.setAttribute('role', 'status')
  self.menu = make('div', 'menu')
  self.menu.setAttribute('role', 'menu')
  self.menu.popover = 'auto'
  self.root.replaceChildren(self.list, self.add, self.mark, self.live, self.menu)
}

function place (parent, wanted) {
  const same = wanted.length === parent.children.length && wanted.every((node, i) => node === parent.children[i])
  if (!same) parent.replaceChildren(...wanted)
}

function chapterRow (self, chapter) {
  const row = self.rows.get(`chapter:${chapter.id}`) ?? newChapter(self, chapter.id)
  const { words } = self.data
  const folded = self.folded.has(chapter.id)
  row.section.classList.toggle('folded', folded)
  row.fold.setAttribute('aria-expanded', String(!folded))
  label(row.fold, words.fold)
  label(row.more, words.more)
  row.grip.title = words.drag
  row.text.placeholder = words.untitled
  row.text.setAttribute('aria-label', words.chapter)
  show(self, row, chapter.title)
  row.count.textContent = chapter.count
  row.add.textContent = `+ ${words.addPage}`
  place(row.pages, chapter.pages.map(page => pageRow(self, page)))
  return row.section
}

function newChapter (self, id) {
  const row = { kind: 'chapter', id, node: `chapter:${id}` }
  row.section = make('section', 'chapter')
  row.section.dataset.id = id
  row.head = make('header', 'row')
  row.grip = make('span', 'grip', '⠿')
  row.fold = make('button', 'fold')
  row.text = make('input', 'title')
  row.count = make('span', 'count')
  row.more = make('button', 'more', '⋯')
  row.pages = make('ol', 'pages')
  row.add = make('button', 'add')
  row.head.append(row.grip, row.fold, row.text, row.count, row.more)
  row.section.append(row.head, row.pages, row.add)
  row.fold.onclick = () => {
    if (!self.folded.delete(id)) self.folded.add(id)
    draw(self)
  }
  row.add.onclick = () => ask(self, 'add-page', 'chapter', id)
  wire(self, row, row.head)
  return row
}

function pageRow (self, page) {
  const row = self.rows.get(`page:${page.id}`) ?? newPage(self, page.id)
  const { words } = self.data
  if (row.image.getAttribute('src') !== page.src) row.image.src = page.src
  row.number.textContent = page.number
  label(row.open, page.open)
  label(row.more, words.more)
  row.grip.title = words.drag
  row.text.placeholder = words.beat
  row.text.setAttribute('aria-label', page.label)
  show(self, row, page.beat)
  row.hint.textContent = page.hint
  return row.item
}

function newPage (self, id) {
  const row = { kind: 'page', id, node: `page:${id}` }
  row.item = make('li', 'row page')
  row.item.dataset.id = id
  row.grip = make('span', 'grip', '⠿')
  row.open = make('button', 'open')
  row.image = new Image()
  row.image.alt = ''
  row.image.loading = 'lazy'
  row.image.decoding = 'async'
  row.image.draggable = false
  row.number = make('span', 'number')
  row.open.append(row.image, row.number)
  row.words = make('div', 'words')
  row.text = make('textarea', 'beat')
  row.text.rows = 1
  row.hint = make('span', 'hint')
  row.words.append(row.text, row.hint)
  row.more = make('button', 'more', '⋯')
  row.item.append(row.grip, row.open, row.words, row.more)
  row.open.onclick = () => { if (!self.dragged) ask(self, 'open', 'page', id) }
  wire(self, row, row.item)
  return row
}

function label (element, text) {
  element.title = text
  element.setAttribute('aria-label', text)
}

function wire (self, row, element) {
  self.rows.set(row.node, row)
  row.element = element
  element.dataset.node = row.node
  element.onkeydown = event => keys(self, row, event)
  element.onpointerdown = event => grab(self, row, event)
  row.grip.setAttribute('aria-hidden', 'true')
  row.more.setAttribute('aria-haspopup', 'menu')
  row.more.onclick = () => openMenu(self, row)
  row.text.oninput = () => typed(self, row)
  row.text.onblur = () => flush(self)
}

// ---- typing

function show (self, row, value) {
  if (!self.pending.has(row.node) && row.text.value !== value) row.text.value = value
}

function typed (self, row) {
  const now = Date.now()
  const text = self.pending.get(row.node) ?? { base: self.data.rev }
  self.pending.set(row.node, Object.assign(text, { value: row.text.value, dirty: true }))
  self.since ??= now
  clearTimeout(self.timer)
  self.timer = setTimeout(flush, Math.max(0, Math.min(PAUSE, self.since + AT_LEAST - now)), self)
}

function flush (self) {
  clearTimeout(self.timer)
  self.since = null
  const texts = [...self.pending]
  if (!texts.some(([, text]) => text.dirty)) return
  for (const [node, text] of texts.filter(([, text]) => text.dirty)) {
    text.dirty = false
    text.sent = send(self, { act: 'type', node, value: text.value, base: text.base })
  }
}

// ---- keys

function keys (self, row, event) {
  const typing = event.target === row.text
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (step && event.altKey && !event.ctrlKey && !event.metaKey) {
    flush(self)
    send(self, { act: 'step', kind: row.kind, id: row.id, by: step })
    event.preventDefault()
  } else if (typing && event.key === 'Enter') {
    const fields = [...self.root.querySelectorAll('.title, .beat')].filter(field => field.offsetParent)
    fields[fields.indexOf(row.text) + (event.shiftKey ? -1 : 1)]?.focus()
    event.preventDefault()
  }
  if (typing && !(event.ctrlKey && event.altKey)) event.stopPropagation() // or the studio would take Ctrl+Z and letters for its own keys
}

// ---- menu of a row

function ask (self, act, kind, id) {
  flush(self)
  send(self, { act, kind, id })
}

function openMenu (self, row) {
  const { words } = self.data
  const step = by => send(self, { act: 'step', kind: row.kind, id: row.id, by })
  const act = name => () => ask(self, name, row.kind, row.id)
  const items = row.kind === 'page'
    ? [[words.openPage, act('open')], [words.addAfter, act('add-page')]]
    : [[words.addPage, act('add-page')], [words.addChapterAfter, act('add-chapter')]]
  items.push([words.twin, act('twin')], [words.up, () => step(-1)], [words.down, () => step(1)], [words.delete, act('delete')])
  self.menu.replaceChildren(...items.map(([text, run]) => {
    const item = make('button', 'item', text)
    item.setAttribute('role', 'menuitem')
    item.onclick = () => { self.menu.hidePopover(); run() }
    return item
  }))
  self.menu.onkeydown = event => {
    const all = [...self.menu.children]
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by) all[(all.indexOf(self.shadow.activeElement) + by + all.length) % all.length].focus()
    else if (event.key === 'Tab') self.menu.hidePopover()
    if (by || event.key === 'Tab') event.preventDefault()
  }
  self.menu.ontoggle = event => { if (event.newState === 'closed') row.more.focus({ preventScroll: true }) }
  self.menu.showPopover()
  const at = row.more.getBoundingClientRect()
  const size = self.menu.getBoundingClientRect()
  self.menu.style.left = `${Math.max(8, at.right - size.width)}px`
  self.menu.style.top = `${at.bottom + size.height > innerHeight ? at.top - size.height : at.bottom}px`
  self.menu.firstElementChild.focus()
}

// ---- drag

function grab (self, row, event) {
  if (event.button !== 0 || event.target.closest('textarea, input, .more, .fold')) return
  const drag = { row, x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY, going: false }
  const move = e => {
    Object.assign(drag, { x: e.clientX, y: e.clientY })
    if (!drag.going && Math.hypot(drag.x - drag.startX, drag.y - drag.startY) > START) begin(self, drag)
    if (drag.going) follow(self, drag)
  }
  const end = drop => {
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', up)
    removeEventListener('pointercancel', cancel)
    removeEventListener('keydown', escape, true)
    if (drag.going) finish(self, drag, drop)
  }
  const up = () => end(true)
  const cancel = () => end(false)
  const escape = e => { if (e.key === 'Escape') end(false) }
  addEventListener('pointermove', move)
  addEventListener('pointerup', up)
  addEventListener('pointercancel', cancel)
  addEventListener('keydown', escape, true)
}

function begin (self, drag) {
  flush(self)
  self.drag = drag
  drag.going = true
  drag.rev = self.data.rev
  const { element, kind } = drag.row
  self.root.classList.add('moving', `moving-${kind}`)
  element.classList.add('lifted')
  drag.ghost = make('div', 'ghost', kind === 'chapter' ? drag.row.text.value : drag.row.number.textContent)
  self.root.append(drag.ghost)
  drag.scroller = scroller(self.root)
  const roll = () => {
    if (self.drag !== drag) return
    const by = drag.y < EDGE ? drag.y - EDGE : drag.y > innerHeight - EDGE ? drag.y - innerHeight + EDGE : 0
    if (by) { drag.scroller.scrollBy(0, by / 4); follow(self, drag) }
    requestAnimationFrame(roll)
  }
  requestAnimationFrame(roll)
}

function scroller (element) {
  let up = element.getRootNode().host
  while (up && !(/auto|scroll/.test(getComputedStyle(up).overflowY) && up.scrollHeight > up.clientHeight)) up = up.parentElement
  return up ?? document.scrollingElement
}

function follow (self, drag) {
  drag.ghost.style.transform = `translate(${drag.x + 12}px, ${drag.y + 8}px)`
  drag.target = drag.row.kind === 'chapter' ? chapterPlace(self, drag) : pagePlace(self, drag)
  const top = self.root.getBoundingClientRect().top
  self.mark.style.transform = `translateY(${drag.target.y - top}px)`
}

const middle = element => { const box = element.getBoundingClientRect(); return (box.top + box.bottom) / 2 }

// Where a row goes among `others`, none of which is itself: its index there, and the height of the line that shows it.
function among (others, y, empty) {
  const index = others.filter(element => middle(element) < y).length
  const next = others[index]?.getBoundingClientRect().top
  const before = others[index - 1]?.getBoundingClientRect().bottom
  return { index, y: next !== undefined ? next - 2 : before !== undefined ? before + 2 : empty }
}

function chapterPlace (self, drag) {
  const others = [...self.list.children].filter(section => section !== drag.row.section)
  return { parent: '', ...among(others, drag.y, drag.y) }
}

function pagePlace (self, drag) {
  const sections = [...self.list.children]
  const section = sections.findLast(one => one.getBoundingClientRect().top <= drag.y) ?? sections[0]
  const others = [...section.querySelectorAll('.page')].filter(item => item !== drag.row.element)
  const under = section.querySelector('header').getBoundingClientRect().bottom
  const found = section.classList.contains('folded') ? { index: others.length, y: under } : among(others, drag.y, under)
  return { parent: section.dataset.id, ...found }
}

function finish (self, drag, drop) {
  drag.ghost.remove()
  drag.row.element.classList.remove('lifted')
  self.root.classList.remove('moving', `moving-${drag.row.kind}`)
  self.drag = null
  self.dragged = true
  setTimeout(() => { self.dragged = false })
  const { row, target, rev } = drag
  if (drop && target && !isThere(self, row, target)) {
    send(self, { act: 'move', kind: row.kind, id: row.id, parent: target.parent, index: target.index, rev })
  }
  draw(self)
}

function isThere (self, row, target) {
  if (row.kind === 'chapter') return [...self.list.children].indexOf(row.section) === target.index
  const own = row.element.closest('section')
  return own.dataset.id === target.parent && [...own.querySelectorAll('.page')].indexOf(row.element) === target.index
}
