// Reports the files that the uploader refuses because of their size: it only marks them red, and the
// server never hears of them.

const guards = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  guards.get(parentElement)?.abort()
  const guard = new AbortController()
  guards.set(parentElement, guard)
  const report = (event, files) => {
    if (!event.target.closest?.('[data-testid="stFileUploader"]')) return
    const refused = [...(files ?? [])].filter(({ size }) => size > data.limit)
    if (refused.length) setTriggerValue("refused", refused.map(({ name, size }) => ({ name, size })))
  }
  const options = { capture: true, signal: guard.signal }
  document.addEventListener("change", (event) => report(event, event.target.files), options)
  document.addEventListener("drop", (event) => report(event, event.dataTransfer?.files), options)
  return () => guard.abort()
}
