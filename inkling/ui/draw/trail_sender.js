// Sends what trails.js has recorded, once it is asked for.

const sent = new WeakMap()

export default function ({ parentElement, setStateValue }) {
  const trails = globalThis[Symbol.for("inkling.trails")] ?? []
  const content = JSON.stringify(trails)
  if (sent.get(parentElement) === content) return
  sent.set(parentElement, content)
  setStateValue("trails", JSON.parse(content))
}
