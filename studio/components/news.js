// The line on which the server tells what is new. A tab that lost it calls again until it is answered.
const AGAIN = 2000

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('span')
  root.behind = rev => setTriggerValue('behind', rev)
  if (root.address === data.address) return
  root.hangUp?.()
  root.address = data.address
  let socket, timer
  const call = () => {
    socket = new WebSocket(new URL(data.address, location.origin.replace(/^http/, 'ws')))
    socket.onmessage = event => {
      const news = JSON.parse(event.data)
      if ('rev' in news) root.behind(news.rev)
      else window.dispatchEvent(new CustomEvent('kitsumy-news', { detail: news }))
    }
    socket.onclose = () => { timer = setTimeout(call, AGAIN) }
  }
  root.hangUp = () => {
    delete root.address
    clearTimeout(timer)
    socket.onclose = null
    socket.close()
  }
  call()
  return () => root.hangUp()
}
