// A frame that shows a picture whole, or a part of it enlarged. Ctrl or ⌘ with the wheel, two
// fingers, buttons and keys zoom; dragging and the arrow keys move. The wheel alone and one finger
// scroll the page, as everywhere else on it. Comes after box_hint.js, in one module.

// Screen pixels: how far the pointer moves before a click becomes a drag, and the space that stays
// free around a box that is brought into view.
const DRAG_FROM = 4
const MARGIN = 24
// Digits lower than this many screen pixels are enlarged to the second value when they are shown.
const SMALL = 16
const LARGE = 44
// What one press of a button or key, a double click, and the finest wheel step enlarge by.
const STEP = 1.5
const DOUBLE = 2.5
const PER_NOTCH = 0.0025
const PER_PINCH = 0.01
// At least so many times as large as the whole picture, and up to so many screen pixels per pixel.
const MIN_LIMIT = 4
const MAX_SCALE = 3
// The part of the frame that one press of an arrow key moves by.
const ARROW = 0.15
// Milliseconds that a change of view takes.
const GLIDE = 180
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches
const isNarrow = () => matchMedia("(max-width: 640px)").matches
const isTouch = matchMedia("(pointer: coarse)").matches
const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

class View {
  /**
   * @param root the element that gets the frame
   * @param onChange called when the part that is shown has changed
   */
  constructor(root, onChange) {
    this.onChange = onChange
    // Where the picture is, and where it is gliding to: its zoom, and its corner in the frame.
    this.now = this.goal = { zoom: 1, x: 0, y: 0 }
    this.size = { width: 1, height: 1, maxWidth: 1 }
    this.frame = make(root, "div", "frame")
    this.frame.tabIndex = 0
    this.frame.setAttribute("role", "group")
    this.frame.setAttribute("aria-label", "The picture. Plus and minus zoom, 0 shows all of it, arrow keys move it.")
    this.content = make(this.frame, "div", "content")
    const bar = make(root, "div", "bar-below")
    const wheel = `${isMac ? "⌘" : "Ctrl"} + wheel or double-click zooms · drag moves`
    make(bar, "span", "help").textContent = isTouch ? "Two fingers zoom" : wheel
    this.less = this.button(bar, "−", "Zoom out", () => this.zoomBy(1 / STEP))
    this.all = this.button(bar, "Fit", "Fit the whole picture", () => this.fit())
    this.more = this.button(bar, "+", "Zoom in", () => this.zoomBy(STEP))
    this.listen()
  }

  button(bar, text, label, act) {
    const button = make(bar, "button")
    button.type = "button"
    button.textContent = text
    button.title = label
    button.setAttribute("aria-label", label)
    button.onclick = act
    return button
  }

  listen() {
    const { frame } = this
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    frame.onpointerdown = (event) => this.press(event)
    frame.onpointermove = (event) => this.drag(event)
    frame.onpointerup = frame.onpointercancel = () => {
      this.from = null
      // The click at the end of a drag, which comes first, is none.
      setTimeout(() => (this.dragged = false))
    }
    frame.ondblclick = (event) => this.toggle(event.clientX, event.clientY)
    for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
      frame.addEventListener(name, (event) => this.touch(event), { passive: false })
    }
    frame.onkeydown = (event) => {
      if (event.target === frame && this.key(event)) event.preventDefault()
    }
  }

  /** Set the picture's size in its pixels, and the greatest width in screen pixels to show it at. */
  setPicture(width, height, maxWidth) {
    this.size = { width, height, maxWidth }
    this.measure()
  }

  /** Fit the frame to the space and to the window, so that the whole picture can be seen. */
  measure() {
    const { width, height, maxWidth } = this.size
    const wide = this.frame.clientWidth
    if (!wide) return
    // A phone's window changes its height whenever its address bar comes and goes.
    if (innerWidth !== this.windowWidth || !isNarrow()) {
      this.windowWidth = innerWidth
      this.limitHeight = isNarrow() ? 0.6 * innerHeight : Math.max(360, innerHeight - 190)
    }
    const full = Math.min(wide, maxWidth)
    const high = Math.round(Math.min((full * height) / width, this.limitHeight))
    // Screen pixels per pixel of the picture when it is seen whole.
    const base = Math.min(full / width, high / height)
    if (wide === this.wide && high === this.high && base === this.base) return
    this.frame.style.height = `${high}px`
    Object.assign(this, { wide, high, base, limit: Math.max(MIN_LIMIT, MAX_SCALE / base) })
    this.set(this.goal.zoom, this.goal.x, this.goal.y)
  }

  get scale() {
    return this.base * this.now.zoom
  }

  get isZoomed() {
    return this.now.zoom > 1.001
  }

  /** The nearest zoom and place that show the picture without a gap. */
  allowed(wantedZoom, x, y) {
    const zoom = Math.min(Math.max(wantedZoom, 1), this.limit)
    const clamp = (value, space) => (space >= 0 ? space / 2 : Math.min(0, Math.max(space, value)))
    const scale = this.base * zoom
    return {
      zoom,
      x: clamp(x, this.wide - this.size.width * scale),
      y: clamp(y, this.high - this.size.height * scale),
    }
  }

  /** Show the picture at a zoom, with its corner at a place in the frame. */
  set(zoom, x, y) {
    cancelAnimationFrame(this.gliding)
    this.goal = this.allowed(zoom, x, y)
    this.apply(this.goal)
  }

  apply(place) {
    this.now = place
    Object.assign(this.content.style, {
      left: `${place.x}px`,
      top: `${place.y}px`,
      width: `${this.size.width * this.scale}px`,
      height: `${this.size.height * this.scale}px`,
    })
    this.frame.classList.toggle("zoomed", this.isZoomed)
    this.less.disabled = this.all.disabled = !this.isZoomed
    this.more.disabled = place.zoom >= this.limit
    this.onChange()
  }

  /** Like `set`, in a few frames. */
  glide(zoom, x, y) {
    if (isStill()) return this.set(zoom, x, y)
    cancelAnimationFrame(this.gliding)
    this.goal = this.allowed(zoom, x, y)
    const [start, goal, began] = [this.now, this.goal, performance.now()]
    const step = (time) => {
      const part = Math.min(1, Math.max(0, time - began) / GLIDE)
      const eased = 1 - (1 - part) ** 3
      const between = (name) => start[name] + (goal[name] - start[name]) * eased
      this.apply(part < 1 ? { zoom: between("zoom"), x: between("x"), y: between("y") } : goal)
      if (part < 1) this.gliding = requestAnimationFrame(step)
    }
    this.gliding = requestAnimationFrame(step)
  }

  fit() {
    this.glide(1, 0, 0)
  }

  /** The zoom and place at which a point of the frame stays where it is. */
  around(px, py, zoom) {
    const next = Math.min(Math.max(zoom, 1), this.limit)
    const { zoom: before, x, y } = this.now
    return [next, px - ((px - x) * next) / before, py - ((py - y) * next) / before]
  }

  zoomBy(factor) {
    this.glide(...this.around(this.wide / 2, this.high / 2, this.goal.zoom * factor))
  }

  /** A place on the screen, in pixels of the frame. */
  inFrame(clientX, clientY) {
    const { left, top } = this.frame.getBoundingClientRect()
    return [clientX - left, clientY - top]
  }

  toggle(clientX, clientY) {
    if (this.isZoomed) this.fit()
    else this.glide(...this.around(...this.inFrame(clientX, clientY), DOUBLE))
  }

  /**
   * Bring a box of the picture into view, and if wanted, enlarge one that is too small to be seen.
   * Returns how far below the frame's upper edge its own edges come to lie.
   */
  reveal([x, y, width, height], mayZoom) {
    let { zoom } = this.goal
    if (mayZoom && height * this.base * zoom < SMALL) zoom = LARGE / (height * this.base)
    zoom = Math.min(zoom, this.limit)
    const scale = this.base * zoom
    const inside = (place, from, size, space) => {
      const [low, high] = [from * scale + place, (from + size) * scale + place]
      const isSeen = zoom === this.goal.zoom && low >= MARGIN && high <= space - MARGIN
      return isSeen ? place : space / 2 - (from + size / 2) * scale
    }
    const left = inside(this.goal.x, x, width, this.wide)
    this.glide(zoom, left, inside(this.goal.y, y, height, this.high))
    return { top: this.goal.y + y * scale, bottom: this.goal.y + (y + height) * scale }
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : 1)
    // A trackpad's pinch comes as many small steps.
    const rate = Math.abs(pixels) < 30 ? PER_PINCH : PER_NOTCH
    this.set(...this.around(...this.inFrame(event.clientX, event.clientY), this.now.zoom * Math.exp(-pixels * rate)))
  }

  press(event) {
    this.dragged = false
    if (event.pointerType !== "touch" && event.button === 0 && this.isZoomed) {
      this.from = { x: event.clientX, y: event.clientY }
    }
  }

  drag(event) {
    if (!this.from) return
    const [dx, dy] = [event.clientX - this.from.x, event.clientY - this.from.y]
    if (!this.dragged && Math.hypot(dx, dy) < DRAG_FROM) return
    if (!this.dragged) this.frame.setPointerCapture(event.pointerId)
    this.dragged = true
    this.from = { x: event.clientX, y: event.clientY }
    this.set(this.now.zoom, this.now.x + dx, this.now.y + dy)
  }

  /** Two fingers zoom and move. One finger moves an enlarged picture, and at its edge the page. */
  touch(event) {
    const fingers = [...event.touches].map((each) => this.inFrame(each.clientX, each.clientY))
    const isOurs = fingers.length === 2 || (fingers.length === 1 && this.isZoomed)
    const before = this.fingers
    this.fingers = isOurs ? fingers : null
    if (!isOurs || event.type === "touchstart") {
      if (fingers.length === 2) event.preventDefault()
      return
    }
    if (event.type !== "touchmove" || before?.length !== fingers.length) return
    event.preventDefault()
    const middle = ([a, b = a]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    const spread = ([a, b]) => (b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 1)
    const [x, y] = middle(fingers)
    const [oldX, oldY] = middle(before)
    const [zoom, left, top] = this.around(oldX, oldY, (this.now.zoom * spread(fingers)) / spread(before))
    const wanted = top + y - oldY
    this.set(zoom, left + x - oldX, wanted)
    if (fingers.length === 1) scrollPage(this.now.y - wanted, true)
  }

  /** Do what a key of the frame or, but for the arrows and 0, of a box stands for; whether it did. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === "+" || event.key === "=") this.zoomBy(STEP)
    else if (event.key === "-") this.zoomBy(1 / STEP)
    else if (event.key === "0") this.fit()
    else if (event.key in ARROWS && this.isZoomed) {
      const [dx, dy] = ARROWS[event.key]
      const { zoom, x, y } = this.goal
      this.glide(zoom, x + dx * ARROW * this.wide, y + dy * ARROW * this.high)
    } else return false
    return true
  }
}

/** Scroll Streamlit's page, in a glide unless a finger leads it. */
function scrollPage(by, isLed = false) {
  const behavior = isLed || isStill() ? "instant" : "smooth"
  document.querySelector('[data-testid="stMain"]')?.scrollBy({ top: by, behavior })
}
