// Beside the drawing canvas: measures how wide it may be, and adapts it to fingers and keys.
//
// The canvas' own hover toolbar is too small for a finger and repeats the page's buttons, so it is
// hidden. Its element gets a name for screen readers and takes the keyboard. Comes after
// gone.js, drawable_canvas.js, actions.js and trails.js, in one module.

// Widths of the canvas to choose from, in pixels.
const WIDTHS = [960, 880, 800, 720, 640, 600, 560, 520, 480, 440, 400, 376, 352, 328, 304, 280]
// Frames in which the canvas must appear to be adapted: on a slow computer it takes seconds.
const MAX_FRAMES = 900
// The arrow keys step through this many rows of cells, as wide as they are high.
const ROWS = 20
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const STYLE = `
  .dc-toolbar { display: none !important }
  .dc-canvas { outline: none }
  .dc-scroll { position: relative }
  /* The frame. Its shadow rounds the corners, which are cut off outside. */
  .dc-scroll::after {
    content: ""; position: absolute; inset: 0; z-index: 30; pointer-events: none;
    border: 1px solid var(--st-border-color); border-radius: 0.6rem;
    box-shadow: 0 0 0 0.6rem var(--st-background-color);
  }
  .dc-container { isolation: isolate }
  .dc-container::before, .dc-container::after {
    content: ""; position: absolute; inset: 0; z-index: 15; pointer-events: none;
  }
  /* In the dark theme the screen, and nothing but the screen, shows light ink on dark paper. In the
     light theme black changes nothing. */
  .dc-container::before { background: light-dark(#000, #fff); mix-blend-mode: difference }
  .dc-container::after { background: light-dark(#000, #1a2132); mix-blend-mode: screen }
  .inkling-cells { position: absolute; inset: 0; pointer-events: none; display: none; z-index: 20 }
  .inkling-cells.on {
    display: block;
    background-image: linear-gradient(to right, rgba(80, 110, 180, 0.22) 1px, transparent 1px),
      linear-gradient(to bottom, rgba(80, 110, 180, 0.22) 1px, transparent 1px);
    background-size: var(--cell) var(--cell);
    box-shadow: inset 0 0 0 3px #2f55c8;
  }
  .inkling-cells i {
    position: absolute; box-sizing: border-box; width: var(--cell); height: var(--cell);
    border: 3px solid #2f55c8; border-radius: 50%;
  }
  .inkling-cells.down i { background: #d9660a; border-color: #d9660a }
`

const observers = new WeakMap()
// While one canvas follows another, both are there.
const shown = new Set()

/** Lets the arrow keys move a pen over the canvas, by sending it the events of a mouse. */
class KeyboardPen {
  constructor(canvas, announce) {
    Object.assign(this, { canvas, announce, x: null, y: null, isDown: false })
    this.overlay = document.createElement("div")
    this.overlay.className = "inkling-cells"
    this.overlay.append(document.createElement("i"))
    canvas.parentElement.append(this.overlay)
    canvas.tabIndex = 0
    canvas.style.outline = "none"
    canvas.addEventListener("keydown", (event) => this.onKey(event))
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.show())
    canvas.addEventListener("blur", () => this.hide())
    canvas.addEventListener("pointerdown", (event) => event.isTrusted && this.hide())
  }

  /** Side of a cell, in pixels. */
  get cell() {
    return this.canvas.clientHeight / ROWS
  }

  show() {
    const columns = Math.floor(this.canvas.clientWidth / this.cell)
    this.x ??= columns >> 1
    this.y ??= ROWS >> 1
    this.x = Math.min(Math.max(this.x, 0), columns - 1)
    this.y = Math.min(Math.max(this.y, 0), ROWS - 1)
    this.overlay.style.setProperty("--cell", `${this.cell}px`)
    this.overlay.classList.add("on")
    this.overlay.classList.toggle("down", this.isDown)
    const cursor = this.overlay.firstChild
    cursor.style.left = `${this.x * this.cell}px`
    cursor.style.top = `${this.y * this.cell}px`
  }

  hide() {
    if (this.isDown) this.lift()
    this.overlay.classList.remove("on")
  }

  lift() {
    this.isDown = false
    this.send("up")
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = STEPS[event.key]
    if (!step && event.key !== " " && !(event.key === "Escape" && this.isDown)) return
    event.preventDefault()
    event.stopPropagation()
    if (step) {
      this.x += step[0]
      this.y += step[1]
      this.show()
      if (this.isDown) this.send("move")
    } else if (this.isDown) this.lift()
    else {
      this.show()
      this.isDown = true
      this.send("down")
    }
    this.show()
    this.announce(`Row ${this.y + 1}, column ${this.x + 1}, pen ${this.isDown ? "down" : "up"}`)
  }

  send(kind) {
    const box = this.canvas.getBoundingClientRect()
    const init = {
      clientX: box.x + (this.x + 0.5) * this.cell,
      clientY: box.y + (this.y + 0.5) * this.cell,
      bubbles: true,
      composed: true,
      cancelable: true,
      button: 0,
      buttons: kind === "up" ? 0 : 1,
    }
    this.canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, init))
    this.canvas.dispatchEvent(new MouseEvent(`mouse${kind}`, init))
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const container = containerOf(parentElement, data.container)
  if (!container) return
  const status = parentElement.querySelector(".status")
  adaptCanvas(container, MAX_FRAMES, STYLE, (canvas) => {
    if (canvas.getAttribute("aria-label") === data.label) return
    nameCanvas(canvas, "application", data.label)
    new KeyboardPen(canvas, (text) => (status.textContent = text))
    recordTrails(canvas, () => sent)
  })

  let sent = data.width
  const measure = () => {
    const available = container.getBoundingClientRect().width
    if (available < 1) return
    const width = WIDTHS.find((candidate) => candidate <= available) ?? WIDTHS.at(-1)
    if (width !== sent) {
      sent = width
      setStateValue("width", width)
    }
  }
  observers.get(parentElement)?.disconnect()
  const observer = new ResizeObserver(measure)
  observers.set(parentElement, observer)
  observer.observe(container)
  shown.add(parentElement)
  startListening()
  return whenGone(parentElement, () => {
    observer.disconnect()
    shown.delete(parentElement)
    if (!shown.size) stopListening()
  })
}
