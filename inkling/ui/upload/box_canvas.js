// Beside the drawing surface for boxes: keeps its toolbar in sight, which otherwise waits for a
// mouse to hover, and names the surface for screen readers. If a later version of the canvas is
// built otherwise, nothing here breaks it.

const STYLE = `.dc-toolbar { opacity: 1 !important; top: -2.65rem !important }
.dc-icon-button { padding: 0.4rem }`

export default function ({ data, parentElement }) {
  const host = parentElement.host ?? parentElement
  const room = host.closest(`.st-key-${data.room}`)
  let tries = 240
  const look = () => {
    const roots = [...(room?.querySelectorAll("*") ?? [])].map((element) => element.shadowRoot)
    const root = roots.find((each) => each?.querySelector("canvas.upper-canvas"))
    if (!root) {
      if (tries-- > 0) requestAnimationFrame(look)
      return
    }
    if (!root.querySelector("style[data-inkling]")) {
      const style = document.createElement("style")
      style.dataset.inkling = ""
      style.textContent = STYLE
      root.append(style)
    }
    const canvas = root.querySelector("canvas.upper-canvas")
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", data.label)
  }
  look()
}
