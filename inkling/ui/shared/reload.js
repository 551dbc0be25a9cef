// Asks before the page is left or reloaded while that would lose something, and reloads it after a
// visit was forgotten. Comes after gone.js.

// The elements of pages that would lose something: while one page follows another, both are there.
const asking = new Set()

function ask(event) {
  event.preventDefault()
}

function setAsking(element, asks) {
  if (asks) asking.add(element)
  else asking.delete(element)
  if (asking.size) addEventListener("beforeunload", ask)
  else removeEventListener("beforeunload", ask)
}

export default function ({ data, parentElement }) {
  setAsking(parentElement, data.asks)
  if (data.reloads) location.reload()
  return whenGone(parentElement, () => setAsking(parentElement, false))
}
