// Pages with their panels as links; a click opens one.

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('.strip')
  list.setAttribute('aria-label', data.label)
  list.replaceChildren(...data.pages.map(page => {
    const row = document.createElement('div')
    const title = document.createElement('span')
    title.textContent = page.title
    row.append(title, ...page.panels.map(panel => {
      const link = document.createElement('button')
      link.textContent = panel.text
      link.title = panel.hint
      link.setAttribute('aria-label', panel.label)
      link.dataset.id = panel.id
      link.className = panel.main ? '' : 'aside'
      link.onclick = () => setTriggerValue('opened', { page: page.id, panel: panel.id })
      return link
    }))
    return row
  }))
  walkable(list, [...list.querySelectorAll('button')])
}
