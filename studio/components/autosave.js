// Saving while typing, the keys of undo, and double clicks. Streamlit commits a text on blur or Ctrl+Enter only.
// This sends the field that is typed in that key 600 ms after the last keystroke, and at least every second while
// typing, with focus and caret kept.
const PAUSE = 600
const AT_LEAST = 1000

const fire = field => field.dispatchEvent(new KeyboardEvent('keydown', {
  key: 'Enter', code: 'Enter', ctrlKey: true, metaKey: true, bubbles: true, cancelable: true,
}))

// The key of a field's widget is in a class name of its container: st-key-w-...
const isText = field => field instanceof HTMLTextAreaElement ||
  (field instanceof HTMLInputElement && field.closest('[data-testid="stTextInput"]'))
const keyOf = field => [...field.closest('[class*="st-key-w-"]').classList]
  .find(name => name.startsWith('st-key-w-')).slice('st-key-'.length)

export default function ({ data: [data], setTriggerValue }) {
  document.documentElement.lang = data.lang
  if (window.kitsumyWords !== data.lang) {
    window.kitsumyWords = data.lang
    speak(data.words)
  }
  if (data.focus && data.focus.n !== window.kitsumyFocused) {
    window.kitsumyFocused = data.focus.n
    const look = left => {
      const field = document.querySelector(`.st-key-${CSS.escape(data.focus.key)} textarea`)
      if (field) field.focus()
      else if (left) setTimeout(look, 100, left - 1)
    }
    look(30)
  }
  if (window.kitsumyAutosave) return
  const timers = new Map()
  const listen = event => {
    const field = event.target
    if (!isText(field) || !field.closest('[class*="st-key-w-"]')) return
    if (!timers.has(field)) setTriggerValue('began', keyOf(field))
    const known = timers.get(field) ?? { since: Date.now() }
    clearTimeout(known.timer)
    const wait = Math.max(0, Math.min(PAUSE, known.since + AT_LEAST - Date.now()))
    known.timer = setTimeout(() => {
      timers.delete(field)
      if (!timers.size) delete document.documentElement.dataset.typing
      fire(field)
    }, wait)
    timers.set(field, known)
    document.documentElement.dataset.typing = 'true'
  }
  // Undo and redo by the usual keys; inside a text field these belong to the field.
  const step = event => {
    if (!(event.ctrlKey || event.metaKey) || !['KeyZ', 'KeyY'].includes(event.code)) return
    const typing = event.target.closest?.('input, textarea, [contenteditable]')
    if (typing && !event.altKey) return
    const back = event.code === 'KeyZ' && !event.shiftKey
    document.querySelector(`.st-key-${back ? 'undo' : 'redo'} button:enabled`)?.click()
    event.preventDefault()
  }
  // The second half of a double click is no second wish, but for what is meant to be pressed again and again.
  const once = event => {
    const button = event.detail > 1 && event.target.closest?.('[data-testid^="stBaseButton"]')
    if (!button || button.closest('[class*="earlier"], [class*="later"], [class*="-up-"], [class*="-down-"], [class*="undo"], [class*="redo"]')) return
    event.stopImmediatePropagation()
    event.preventDefault()
  }
  document.addEventListener('input', listen, true)
  document.addEventListener('keydown', step)
  document.addEventListener('click', once, true)
  window.kitsumyAutosave = listen
  const letFocusGo = keepFocus()
  const letSchemeGo = keepScheme()
  return () => {
    document.removeEventListener('input', listen, true)
    document.removeEventListener('keydown', step)
    document.removeEventListener('click', once, true)
    for (const { timer } of timers.values()) clearTimeout(timer)
    delete document.documentElement.dataset.typing
    letFocusGo()
    letSchemeGo()
    window.kitsumySpeech?.disconnect()
    delete window.kitsumyWords
    delete window.kitsumyAutosave
  }
}
