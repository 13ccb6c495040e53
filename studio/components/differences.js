// Two texts side by side; words that only one side has are <del> on the left and <ins> on the right.
export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector('.gallery')
  root.setAttribute('aria-label', data.label)
  const text = (tag, content, className = '') => {
    const made = document.createElement(tag)
    made.textContent = content
    made.className = className
    return made
  }
  const side = (pieces, tag) => {
    const cell = document.createElement('td')
    if (!pieces.length) cell.append(text('span', '—', 'nothing'))
    cell.append(...pieces.map(([words, differs]) => text(differs ? tag : 'span', words)))
    return cell
  }
  const table = document.createElement('table')
  const head = document.createElement('thead')
  const titles = document.createElement('tr')
  titles.append(text('td', ''), text('th', data.left), text('th', data.right))
  for (const title of titles.querySelectorAll('th')) title.scope = 'col'
  head.append(titles)
  table.append(head, ...data.groups.map(group => {
    const body = document.createElement('tbody')
    const place = document.createElement('tr')
    const name = text('th', group.place, 'place')
    name.colSpan = 3
    name.scope = 'rowgroup'
    if (data.tones[group.tone]) name.append(text('span', data.tones[group.tone], `tone ${group.tone}`))
    place.append(name)
    body.append(place, ...group.rows.map(row => {
      const line = document.createElement('tr')
      const label = text('th', row.label, 'field')
      label.scope = 'row'
      line.append(label, side(row.old, 'del'), side(row.new, 'ins'))
      return line
    }))
    return body
  }))
  root.replaceChildren(table)
}
