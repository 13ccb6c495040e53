// Dialogs and popovers lie outside of the app's element, which alone says whether the theme is light or dark.
const keepScheme = () => {
  const app = document.querySelector('.stApp')
  if (!app) return () => {}
  const tell = () => { document.body.style.colorScheme = getComputedStyle(app).colorScheme }
  const watcher = new MutationObserver(tell)
  watcher.observe(app, { attributes: true, attributeFilter: ['class'] })
  tell()
  return () => watcher.disconnect()
}
