// Beside the drawing canvas: measures how wide it may be, and adapts the canvas to fingers.
//
// The canvas lies in an open shadow root of its own. Its hover toolbar is too small for a finger
// and doubles the page's own buttons, so it is hidden; and its element gets a name that screen
// readers can say. If a later version of the canvas is built otherwise, nothing here breaks it.

const WIDTHS = [640, 560, 480, 400, 352, 328, 280]
const STYLE = ".dc-toolbar { display: none !important } .dc-canvas { border-radius: 0.6rem }"

function canvasRoot(room) {
  for (const element of room.querySelectorAll("*")) {
    if (element.shadowRoot?.querySelector("canvas.upper-canvas, canvas.dc-canvas")) {
      return element.shadowRoot
    }
  }
  return null
}

function adapt(root, label) {
  if (!root.querySelector("style[data-inkling]")) {
    const style = document.createElement("style")
    style.dataset.inkling = ""
    style.textContent = STYLE
    root.append(style)
  }
  const canvas = root.querySelector("canvas.upper-canvas")
  if (canvas) {
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", label)
  }
  return Boolean(canvas)
}

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const room = host.closest(`.st-key-${data.room}`)
  if (!room) return

  let tries = 120
  const look = () => {
    const root = canvasRoot(room)
    if (!(root && adapt(root, data.label)) && tries-- > 0) requestAnimationFrame(look)
  }
  look()

  let sent = data.width
  const measure = () => {
    const space = room.getBoundingClientRect().width
    if (space < 1) return
    const width = WIDTHS.find((candidate) => candidate <= space) ?? WIDTHS.at(-1)
    if (width !== sent) {
      sent = width
      setStateValue("width", width)
    }
  }
  const observer = new ResizeObserver(measure)
  observer.observe(room)
  return () => observer.disconnect()
}
