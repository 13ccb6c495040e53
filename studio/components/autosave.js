// Streamlit commits a text area on blur or Ctrl+Enter only. This sends the focused one that key 600 ms after the
// last keystroke, and at least every second while typing, with focus and caret kept.
const PAUSE = 600
const AT_LEAST = 1000

const fire = field => field.dispatchEvent(new KeyboardEvent('keydown', {
  key: 'Enter', code: 'Enter', ctrlKey: true, metaKey: true, bubbles: true, cancelable: true,
}))

export default function ({ data }) {
  document.documentElement.lang = data.lang
  if (window.kitsumyAutosave) return
  const timers = new Map()
  const listen = event => {
    const field = event.target
    if (!(field instanceof HTMLTextAreaElement) || !field.closest('[class*="st-key-w-"]')) return
    const known = timers.get(field) ?? { since: Date.now() }
    clearTimeout(known.timer)
    const wait = Math.max(0, Math.min(PAUSE, known.since + AT_LEAST - Date.now()))
    known.timer = setTimeout(() => { timers.delete(field); fire(field) }, wait)
    timers.set(field, known)
  }
  document.addEventListener('input', listen, true)
  window.kitsumyAutosave = listen
  return () => {
    document.removeEventListener('input', listen, true)
    for (const { timer } of timers.values()) clearTimeout(timer)
    delete window.kitsumyAutosave
  }
}
