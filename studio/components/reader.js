// Pages as a book: spreads where there is room, turned by keys, buttons, clicks on a side, or a swipe.
const tagOf = (name, className, text) => {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

// A leaf is what is seen at once: the cover alone, then pairs; a page that is a spread of its own stays alone.
const leavesOf = (pages, paired) => {
  const leaves = []
  let left = null
  pages.forEach((page, n) => {
    if (!paired || page.spread || n === 0) {
      if (left) leaves.push([left])
      left = null
      leaves.push([page])
    } else if (left) {
      leaves.push([left, page])
      left = null
    } else left = page
  })
  if (left) leaves.push([left])
  return leaves
}

const build = root => {
  const stage = tagOf('div', 'stage')
  const bar = tagOf('div', 'bar')
  const button = name => { const made = tagOf('button', name); made.type = 'button'; bar.append(made); return made }
  const back = button('back'), counter = tagOf('span', 'counter'), on = button('on')
  bar.insertBefore(counter, on)
  counter.setAttribute('aria-live', 'polite')
  const pairs = button('pairs'), full = button('full')
  root.replaceChildren(stage, bar)
  return { stage, back, on, counter, pairs, full }
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.reader')
  const parts = root.parts ??= build(root)
  const { stage, back, on, counter, pairs, full } = parts
  root.setAttribute('aria-label', data.label)
  root.classList.toggle('scroll', data.scroll)
  const toLeft = data.rtl ? 1 : -1
  const wide = () => root.clientWidth > 760
  const paired = () => !data.scroll && (root.paired ?? wide())
  root.page ??= data.pages[0]?.id

  const imageOf = page => {
    const image = new Image()
    image.src = page.src
    image.alt = page.label
    image.decoding = 'async'
    image.draggable = false
    image.style.aspectRatio = `${page.width} / ${page.height}`
    image.dataset.page = page.id
    return image
  }
  const show = () => {
    if (data.scroll) {
      stage.replaceChildren(...data.pages.map(page => { const made = imageOf(page); made.loading = 'lazy'; return made }))
      counter.textContent = data.count
      for (const part of [back, on, pairs]) part.hidden = true
      return
    }
    const leaves = leavesOf(data.pages, paired())
    const at = Math.max(0, leaves.findIndex(leaf => leaf.some(page => page.id === root.page)))
    const leaf = leaves[at] ?? []
    const order = data.rtl ? [...leaf].reverse() : leaf
    stage.replaceChildren(...order.map(imageOf))
    stage.dataset.pages = String(leaf.length)
    for (const page of leaves[at + 1] ?? []) new Image().src = page.src
    counter.textContent = `${leaf.map(page => page.number).join('–')} / ${data.pages.length}`
    for (const [part, step] of [[back, toLeft], [on, -toLeft]]) part.disabled = !leaves[at + step]
    root.turn = step => {
      const next = leaves[at + step]
      if (!next) return
      root.page = next[0].id
      setTriggerValue('turned', root.page)
      show()
    }
    root.jump = last => { root.page = (last ? leaves.at(-1) : leaves[0])?.[0].id; show() }
  }
  back.textContent = '‹'
  on.textContent = '›'
  back.setAttribute('aria-label', data.rtl ? data.words.next : data.words.previous)
  on.setAttribute('aria-label', data.rtl ? data.words.previous : data.words.next)
  pairs.textContent = data.words.pairs
  pairs.setAttribute('aria-pressed', String(paired()))
  full.textContent = data.words.full
  back.onclick = () => root.turn?.(toLeft)
  on.onclick = () => root.turn?.(-toLeft)
  pairs.onclick = () => { root.paired = !paired(); pairs.setAttribute('aria-pressed', String(paired())); show() }
  full.onclick = () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()
  root.onkeydown = event => {
    if (data.scroll || event.target.closest('button') && event.key === ' ') return
    const act = {
      ArrowLeft: () => root.turn(toLeft), ArrowRight: () => root.turn(-toLeft), PageDown: () => root.turn(1),
      PageUp: () => root.turn(-1), ' ': () => root.turn(event.shiftKey ? -1 : 1), Home: () => root.jump(false),
      End: () => root.jump(true), f: () => full.onclick(),
    }[event.key]
    if (!act) return
    act()
    event.preventDefault()
  }
  let from = null
  stage.onpointerdown = event => { from = data.scroll ? null : { x: event.clientX, y: event.clientY } }
  stage.onpointerup = event => {
    if (!from) return
    const dx = event.clientX - from.x, dy = event.clientY - from.y
    from = null
    if (Math.abs(dx) > 40 && Math.abs(dx) > Math.abs(dy)) root.turn(dx < 0 ? -toLeft : toLeft)
    else if (Math.abs(dx) < 8 && Math.abs(dy) < 8) {
      const box = stage.getBoundingClientRect()
      root.turn(event.clientX < box.left + box.width / 2 ? toLeft : -toLeft)
    }
  }
  root.sizes?.disconnect()
  let was = paired()
  root.sizes = new ResizeObserver(() => { if (paired() !== was) { was = paired(); pairs.setAttribute('aria-pressed', String(was)); show() } })
  root.sizes.observe(root)
  show()
  return () => root.sizes?.disconnect()
}
