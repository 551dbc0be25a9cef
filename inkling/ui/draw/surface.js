// Where the drawing canvas lies: in an open shadow root somewhere in the room it was put into.

/** The shadow root with the canvas' elements; null while, or where, there is none. */
function canvasRoot(room) {
  for (const element of room?.querySelectorAll("*") ?? []) {
    if (element.shadowRoot?.querySelector("canvas.upper-canvas, canvas.dc-canvas")) {
      return element.shadowRoot
    }
  }
  return null
}
