// A list that is one stop of the Tab key: its arrow keys walk, Home and End go to its ends.
const WALK = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

const walkable = (list, items, current, arrived = () => {}) => {
  const shadow = list.getRootNode()
  const stop = item => { for (const one of items) one.tabIndex = one === item ? 0 : -1 }
  const focused = items.find(item => item === shadow.activeElement)
  stop(focused ?? current ?? items[0])
  list.onfocusin = event => {
    const item = event.target.closest?.('[tabindex]')
    if (items.includes(item)) stop(item)
  }
  list.onkeydown = event => {
    const at = items.indexOf(shadow.activeElement)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const next = { Home: items[0], End: items.at(-1) }[event.key] ?? items[at + WALK[event.key]]
    if (!next) return
    next.focus()
    arrived(next)
    event.preventDefault()
  }
}

// Put the children of a list anew without losing the focus.
const arrangeKept = (list, wanted) => {
  const same = wanted.length === list.children.length && wanted.every((node, i) => node === list.children[i])
  if (same) return
  const focused = list.getRootNode().activeElement
  list.replaceChildren(...wanted)
  if (focused && list.contains(focused)) focused.focus({ preventScroll: true })
}
