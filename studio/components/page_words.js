// Streamlit's own words are English whatever language the studio speaks. Those that are known are said in the writer's, in the
// texts and attributes that Streamlit made: it sees its own nodes, and what it writes anew is said anew.
const CHROME = ['stSkipToContent', 'stHeader', 'stMainMenuPopover', 'stTooltipContent', 'InputInstructions', 'stFileUploaderDropzone',
  'stSelectboxVirtualDropdown'].map(id => `[data-testid="${id}"]`).concat('[role="log"]').join()
const SAID_IN = ['aria-label', 'title', 'placeholder']
const originals = new WeakMap()

// Known words are whole texts; {n} in one stands for a number, {x} for anything.
const translator = words => {
  const exact = new Map(Object.entries(words))
  const patterns = [...exact].filter(([word]) => /\{[nx]\}/.test(word)).map(([word, said]) => [
    new RegExp(`^${word.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace('{n}', '(\\d+)').replace('{x}', '(.+)')}$`), said])
  return text => {
    if (exact.has(text)) return exact.get(text)
    for (const [pattern, said] of patterns) {
      const found = text.match(pattern)
      if (found) return said.replace(/\{[nx]\}/, () => found[1])
    }
    return text
  }
}

function sayAll (root, translate) {
  const say = (node, name, current, put) => {
    const known = originals.get(node) ?? {}
    const original = known[name]?.said === current ? known[name].original : current
    const said = translate(original)
    if (said === current) return
    originals.set(node, { ...known, [name]: { original, said } })
    put(said)
  }
  const one = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data.trim() && node.parentElement?.closest(CHROME)) say(node, 'text', node.data, said => { node.data = said })
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of SAID_IN) {
        const current = node.getAttribute(name)
        if (current) say(node, name, current, said => node.setAttribute(name, said))
      }
      // A picture in a text is decoration: its English name is not for ears.
      if (node.matches('[role="img"][aria-label$=" icon"]')) node.setAttribute('aria-hidden', 'true')
    }
  }
  one(root)
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) one(walker.currentNode)
}

const speak = words => {
  window.kitsumySpeech?.disconnect()
  const translate = translator(words)
  sayAll(document.body, translate)
  const speech = new MutationObserver(changes => {
    for (const change of changes) for (const node of change.type === 'childList' ? change.addedNodes : [change.target]) sayAll(node, translate)
  })
  speech.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: SAID_IN })
  window.kitsumySpeech = speech
}
