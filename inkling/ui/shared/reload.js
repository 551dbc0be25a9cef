// Asks before the page is left or reloaded while that would lose something, and reloads it after a
// visit was forgotten.

function ask(event) {
  event.preventDefault()
}

export default function ({ data }) {
  if (data.asks) addEventListener("beforeunload", ask)
  else removeEventListener("beforeunload", ask)
  if (data.reloads) location.reload()
  return () => removeEventListener("beforeunload", ask)
}
