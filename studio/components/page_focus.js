// Where the keyboard is: a popover that a key opened is gone through like a part of the page, and when a redraw takes away
// or switches off the control that was used, its place keeps the focus, or what stands next to it.
// From a dialog or popover that is gone it goes back to where that was opened.
const CONTROLS = 'a[href], button, input, textarea, summary, canvas, [tabindex="0"]'
const POPOVER = '[data-testid="stPopoverBody"]'
const OPENER = '[data-testid="stPopoverButton"]'
const DIALOG = '[role="dialog"]'
const OVER = `${DIALOG}, ${POPOVER}`
const SCREEN = '[data-testid="stMain"]'
const QUIET = 120

const reachable = root => [...root.querySelectorAll('*')].flatMap(node => [
  ...(node.matches(CONTROLS) && node.tabIndex >= 0 && !node.disabled && node.checkVisibility({ visibilityProperty: true }) ? [node] : []),
  ...(node.shadowRoot ? reachable(node.shadowRoot) : []),
])
const isThere = node => node.isConnected && !node.disabled && node.checkVisibility()
const keyIn = node => [...node.classList].find(name => name.startsWith('st-key-'))
const outOfShadow = node => node.getRootNode().host ?? node
const keyAround = node => {
  const holder = outOfShadow(node).closest('[class*="st-key-"]')
  return holder && keyIn(holder)
}
// What stands next to where a control stood: after it, or else before it.
const nextTo = place => {
  if (!place) return undefined
  const at = place.all.indexOf(place.node)
  return place.all.slice(at + 1).find(isThere) ?? place.all.slice(0, Math.max(at, 0)).findLast(isThere)
}
const innermost = () => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node
}

function keepFocus () {
  let last = null
  let outside = null
  let opening = null
  let timer = 0
  const came = () => {
    const node = innermost()
    if (node === document.body) return
    const over = outOfShadow(node).closest(OVER)
    const key = keyAround(node)
    last = { node, home: key && `.${CSS.escape(key)}`, all: reachable(over ?? document.body), path: location.pathname }
    if (!over) outside = last
  }
  const pressed = () => { last = outside = opening = null }
  const keyed = event => {
    opening = ['Enter', ' '].includes(event.key) ? event.target.closest?.(OPENER) : opening
    const body = event.key === 'Tab' && document.activeElement?.closest(POPOVER)
    if (!body) return
    const all = reachable(body)
    if (innermost() !== all.at(event.shiftKey ? 0 : -1)) return
    const opener = document.querySelector(`${OPENER}[aria-expanded="true"]`)
    if (!opener) return
    opener.focus()
    opener.click()
    if (event.shiftKey) event.preventDefault()
  }
  const enter = () => {
    const body = opening && [...document.querySelectorAll(POPOVER)].at(-1)
    if (!body) return
    if (document.activeElement !== opening) { opening = null; return }
    reachable(body)[0]?.focus({ preventScroll: true })
  }
  const comeBack = () => {
    if (!last || document.querySelector(DIALOG)?.contains(document.activeElement)) return
    if (keyIn(innermost())) reachable(innermost())[0]?.focus({ preventScroll: true })
    if (document.activeElement !== document.body || isThere(last.node)) return
    const home = last.home && document.querySelector(last.home)
    const next = location.pathname === last.path && (home ? reachable(home)[0] ?? home : nextTo(last) ?? nextTo(outside))
    settleOn(next || document.querySelector(`${SCREEN} h1`))
  }
  // A place keeps the memory of the control that was there: what is switched on again there gets the focus.
  const settleOn = node => {
    if (!node) return
    const place = last
    if (node.tabIndex < 0) node.tabIndex = -1
    node.focus({ preventScroll: true })
    last = { ...place, node }
  }
  const watcher = new MutationObserver(() => {
    clearTimeout(timer)
    timer = setTimeout(() => { enter(); comeBack() }, QUIET)
  })
  document.addEventListener('focusin', came)
  document.addEventListener('pointerdown', pressed, true)
  document.addEventListener('keydown', keyed, true)
  watcher.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'aria-expanded'] })
  return () => {
    watcher.disconnect()
    clearTimeout(timer)
    document.removeEventListener('focusin', came)
    document.removeEventListener('pointerdown', pressed, true)
    document.removeEventListener('keydown', keyed, true)
  }
}
