// Where the keyboard is: a popover that a key opened is gone through like a part of the page, and when a redraw takes away
// or switches off the control that was used, its place keeps the focus.
const CONTROLS = 'a[href], button, input, textarea, summary, canvas, [tabindex="0"]'
const POPOVER = '[data-testid="stPopoverBody"]'
const OPENER = '[data-testid="stPopoverButton"]'
const QUIET = 120

const reachable = root => [...root.querySelectorAll('*')].flatMap(node => [
  ...(node.matches(CONTROLS) && node.tabIndex >= 0 && !node.disabled && node.checkVisibility({ visibilityProperty: true }) ? [node] : []),
  ...(node.shadowRoot ? reachable(node.shadowRoot) : []),
])
const holderOf = node => node.closest('[class*="st-key-"]')
const keyIn = holder => [...holder.classList].find(name => name.startsWith('st-key-'))
const innermost = () => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node
}

function keepFocus () {
  let last = null
  let opening = null
  let timer = 0
  const came = event => {
    const holder = holderOf(event.target)
    last = holder ? { node: event.target, key: keyIn(holder) } : null
  }
  const pressed = () => { last = opening = null }
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
    const { node, key } = last ?? {}
    const home = key && document.querySelector(`.${CSS.escape(key)}`)
    if (!home) return
    const control = reachable(home)[0]
    if (document.activeElement === home && control) control.focus({ preventScroll: true })
    const isLost = !node.isConnected || node.disabled || !node.checkVisibility()
    if (document.activeElement !== document.body || !isLost) return
    if (!control) home.tabIndex = -1
    const place = last
    ;(control ?? home).focus({ preventScroll: true })
    last = { ...place, node: control ?? home }
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
