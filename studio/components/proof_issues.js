// Findings grouped by page. One tab stop: arrow keys walk the rows, Enter chooses, the arrow at the end opens the place.
const MARKS = { error: '!', warning: '!', info: 'i' }

const tagOf = (name, className, text) => {
  const made = document.createElement(name)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('.gallery')
  list.classList.add('issues')
  list.setAttribute('aria-label', data.label)
  const mine = JSON.stringify([data.groups, data.open])
  if (list.mine !== mine) {
    list.mine = mine
    const at = parentElement.activeElement?.closest('.row')?.dataset.key
    list.replaceChildren(...data.groups.map(group => groupOf(group, data, setTriggerValue)))
    const again = [...list.querySelectorAll('.row')].find(row => row.dataset.key === at)
    again?.querySelector('.choose').focus({ preventScroll: true })
  }
  const rows = [...list.querySelectorAll('.row')]
  for (const row of rows) {
    row.querySelector('.choose').setAttribute('aria-pressed', String(row.dataset.key === data.chosen))
  }
  const chosen = rows.find(row => row.dataset.key === data.chosen)
  if (chosen && list.dataset.revealed !== data.chosen) {
    const box = list.getBoundingClientRect(), at = chosen.getBoundingClientRect()
    if (at.top < box.top + 30 || at.bottom > box.bottom) list.scrollBy({ top: at.top - box.top - box.height / 3 })
  }
  list.dataset.revealed = data.chosen
  walk(list, rows, chosen ?? rows[0], parentElement)
}

function groupOf (group, data, setTriggerValue) {
  const section = tagOf('section', 'group')
  section.setAttribute('role', 'group')
  section.setAttribute('aria-label', group.title)
  section.append(tagOf('h4', 'title', group.title))
  for (const item of group.rows) {
    const row = tagOf('div', `row ${item.severity}`)
    row.dataset.key = item.key
    const choose = tagOf('button', 'choose')
    const mark = tagOf('span', 'mark', MARKS[item.severity])
    mark.setAttribute('role', 'img')
    mark.setAttribute('aria-label', data.severities[item.severity])
    choose.append(mark, tagOf('span', 'words', item.text))
    choose.onclick = () => setTriggerValue('picked', item.key)
    row.append(choose)
    if (item.page) {
      const open = tagOf('button', 'open', '→')
      open.title = data.open
      open.setAttribute('aria-label', `${data.open}: ${item.text}`)
      open.onclick = () => setTriggerValue('opened', { page: item.page, panel: item.panel })
      row.append(open)
    }
    section.append(row)
  }
  return section
}

function walk (list, rows, stop, parent) {
  for (const row of rows) for (const button of row.children) button.tabIndex = row === stop ? 0 : -1
  list.onfocusin = event => {
    const here = event.target.closest('.row')
    for (const row of rows) for (const button of row.children) button.tabIndex = row === here ? 0 : -1
  }
  list.onkeydown = event => {
    const focused = parent.activeElement, row = focused?.closest('.row')
    if (!row) return
    const at = rows.indexOf(row)
    const next = { ArrowDown: () => rows[at + 1]?.firstChild, ArrowUp: () => rows[at - 1]?.firstChild,
      Home: () => rows[0].firstChild, End: () => rows.at(-1).firstChild, ArrowRight: () => row.querySelector('.open'),
      ArrowLeft: () => row.firstChild }[event.key]?.()
    if (!next) return
    next.focus()
    event.preventDefault()
  }
}
