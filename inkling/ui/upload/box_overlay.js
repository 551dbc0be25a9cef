// A picture with boxes on it. Pointing at a box shows what else it could be. A click, a tap or the
// keyboard selects it: arrow keys move from box to box, a label's key corrects, Delete deletes,
// Enter confirms the number, and Escape deselects. Every action is sent to Python, which sends the
// boxes again. Comes after box_hint.js and picture_view.js, in one module.

const SVG = "http://www.w3.org/2000/svg"
// Screen pixels: the gap between a box and its label, and how far from a box a click or tap still
// selects it.
const LABEL_GAP = 3
const REACH = 22
// Milliseconds after the last arrow key until the selection is sent.
const SELECT_DELAY = 250
// Screen pixels: smaller changes of the width are not sent.
const WIDTH_CHANGE = 12
// More boxes than this are dense, until they are so high on the screen, in pixels. Then only what
// is doubtful, pointed at or selected has a label.
const MANY = 30
const READABLE = 32
const MIN_FONT_SIZE = 9
// Beyond this enlargement a picture of more pixels is asked for.
const BLURRED = 1.3
// A phone's sheet with the selected digit covers the lower part of the window; a selected digit is
// brought above this part of it, and below the page's header, in pixels.
const ABOVE_SHEET = 0.45
const HEADER = 64
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

const overlays = new WeakMap()
// By page, the last of the requests to bring the selected box into view that was followed.
const revealed = new Map()

/** The distance of a point from a box, in the picture's pixels; 0 inside. */
function distance([x, y, width, height], px, py) {
  const dx = Math.max(x - px, 0, px - x - width)
  const dy = Math.max(y - py, 0, py - y - height)
  return Math.hypot(dx, dy)
}

function placeRect(rect, [x, y, width, height]) {
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    rect.setAttribute(name, value)
  }
}

class Overlay {
  constructor(root) {
    this.root = root
    this.view = new View(root, () => this.placeLabels())
    this.image = make(this.view.content, "img")
    this.image.draggable = false
    this.svg = make(this.view.content, "svg", "", SVG)
    this.svg.setAttribute("role", "group")
    this.svg.setAttribute("aria-label", "The digits on the page, in reading order")
    // The list beside the picture says the same.
    this.leftOut = make(this.svg, "g", "left-out", SVG)
    this.leftOut.setAttribute("aria-hidden", "true")
    this.number = make(this.svg, "rect", "number", SVG)
    this.hint = new Hint(root)
    this.groups = new Map()
    this.listen()
    new ResizeObserver(() => this.measure()).observe(root)
    const onResize = () => (root.isConnected ? this.measure() : removeEventListener("resize", onResize))
    addEventListener("resize", onResize)
  }

  listen() {
    this.svg.onpointermove = (event) => this.point(event)
    this.svg.onpointerleave = () => this.point(null)
    this.svg.onclick = (event) => this.click(event)
    this.svg.onkeydown = (event) => this.key(event)
    // When a tap or a click focuses a box, the pointer or the panel shows its alternatives.
    this.svg.onpointerdown = () => (this.byPointer = true)
    this.svg.addEventListener("focusin", (event) => {
      if (!this.byPointer) this.showHint(this.boxOf(event.target))
    })
    this.svg.addEventListener("focusout", () => this.showHint(null))
  }

  update(data, sendEvent, setState) {
    this.data = data
    this.sendEvent = sendEvent
    this.setState = setState
    if (this.image.src !== data.picture) this.image.src = data.picture
    this.image.alt = data.alt
    this.svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`)
    const focused = this.boxOf(this.root.getRootNode().activeElement)?.id
    this.updateLeftOut()
    this.updateGroups()
    const isOther = data.selected !== this.selected
    this.select(data.selected)
    this.view.setPicture(data.width, data.height, data.maxWidth)
    this.placeLabels()
    this.showHint(null)
    this.follow(isOther)
    if (focused !== undefined) {
      const next = this.groups.get(data.selected ?? focused) ?? this.groups.values().next().value
      next?.focus({ preventScroll: true })
    }
  }

  /** Bring the selected box into view where Python asks for it, or where it is another one. */
  follow(isOther) {
    const box = this.data.boxes.find((each) => each.id === this.selected)
    const isAsked = this.data.reveal > (revealed.get(this.data.page) ?? 0)
    revealed.set(this.data.page, this.data.reveal)
    if (box && (isAsked || isOther)) this.show(box, isAsked)
  }

  /** Bring a box into the frame and, if the page may be scrolled, onto the screen. */
  show(box, mayScroll) {
    const place = this.view.reveal(box.box, mayScroll)
    if (!mayScroll) return
    const frame = this.view.frame.getBoundingClientRect()
    if (isNarrow()) {
      const [top, bottom] = [frame.top + place.top, frame.top + place.bottom]
      const end = ABOVE_SHEET * innerHeight
      const isSeen = top >= HEADER + FONT_SIZE + LABEL_GAP && bottom <= end
      if (!isSeen) scrollPage((top + bottom - HEADER - end) / 2)
    } else if (frame.top < HEADER || frame.bottom > innerHeight) {
      scrollPage(frame.top - HEADER)
    }
  }

  /** A muted box, under all others, around everything that was left out. */
  updateLeftOut() {
    this.leftOut.replaceChildren()
    for (const { box, note } of this.data.leftOut) {
      const rect = make(this.leftOut, "rect", "", SVG)
      placeRect(rect, box)
      make(rect, "title", "", SVG).textContent = note
    }
  }

  /** One group per box, keeping those that are there. */
  updateGroups() {
    const old = this.groups
    this.groups = new Map()
    for (const box of this.data.boxes) {
      const group = old.get(box.id) ?? this.makeGroup()
      old.delete(box.id)
      this.groups.set(box.id, group)
      group.dataset.id = box.id
      group.setAttribute("aria-label", box.spoken)
      placeRect(group.firstChild, box.box)
      group.lastChild.textContent = box.state === "unsure" ? `${box.label}?` : box.label
      // Appending every group again keeps them in reading order for Tab and screen readers.
      this.svg.append(group)
    }
    for (const group of old.values()) group.remove()
  }

  makeGroup() {
    const group = make(this.svg, "g", "", SVG)
    group.setAttribute("role", "button")
    make(group, "rect", "", SVG)
    make(group, "text", "", SVG)
    return group
  }

  /** Labels keep their size on the screen, whatever the picture's size. */
  placeLabels() {
    if (!this.data || !this.view.wide) return
    const unit = 1 / this.view.scale
    const heights = this.data.boxes.map((box) => box.box[3]).sort((a, b) => a - b)
    const usual = heights[heights.length >> 1] / unit
    const isDense = heights.length > MANY && usual < READABLE
    this.svg.classList.toggle("dense", isDense)
    const dense = Math.min(FONT_SIZE, Math.max(MIN_FONT_SIZE, 0.7 * usual))
    const size = (isDense ? dense : FONT_SIZE) * unit
    this.svg.style.setProperty("--letter", size)
    for (const box of this.data.boxes) {
      const [x, y, , height] = box.box
      const text = this.groups.get(box.id).lastChild
      const above = y - LABEL_GAP * unit
      text.setAttribute("x", x)
      text.setAttribute("y", above > size ? above : y + height + size)
    }
    this.sharpen()
  }

  /** Ask for a picture of more pixels where this one is enlarged so much that it is blurred. */
  sharpen() {
    const pixels = this.image.naturalWidth / this.data.width
    const isBlurred = pixels && this.view.scale * devicePixelRatio > BLURRED * pixels
    if (this.data.canSharpen && isBlurred && !this.isSharp) {
      this.isSharp = true
      this.setState("sharp", true)
    }
  }

  /** Python needs the width for the drawing surface, which may take the picture's place. */
  measure() {
    if (!this.data) return
    this.view.measure()
    const width = Math.floor(this.root.getBoundingClientRect().width)
    if (width > 0 && Math.abs(width - this.data.space) > WIDTH_CHANGE) {
      this.data.space = width
      this.setState("width", width)
    }
  }

  select(id) {
    this.selected = id
    const inTabOrder = this.data.boxes.some((box) => box.id === id) ? id : this.data.boxes[0]?.id
    for (const box of this.data.boxes) {
      const group = this.groups.get(box.id)
      group.setAttribute("class", `${box.state}${box.id === id ? " selected" : ""}`)
      group.setAttribute("aria-pressed", String(box.id === id))
      group.setAttribute("tabindex", box.id === inTabOrder ? "0" : "-1")
    }
    this.outline(this.data.boxes.find((box) => box.id === id)?.number)
  }

  /** Draw a line around a number of several digits; around none if it is undefined. */
  outline(number) {
    const boxes = this.data.boxes.filter((box) => box.number === number).map((box) => box.box)
    this.number.style.display = boxes.length > 1 ? "" : "none"
    if (boxes.length < 2) return
    const gap = 0.15 * Math.max(...boxes.map((box) => box[3]))
    const left = Math.min(...boxes.map((box) => box[0])) - gap
    const top = Math.min(...boxes.map((box) => box[1])) - gap
    const right = Math.max(...boxes.map((box) => box[0] + box[2])) + gap
    const bottom = Math.max(...boxes.map((box) => box[1] + box[3])) + gap
    placeRect(this.number, [left, top, right - left, bottom - top])
  }

  boxOf(element) {
    const id = Number(element?.closest?.("g")?.dataset.id)
    return this.data?.boxes.find((box) => box.id === id)
  }

  /** The box at a pointer or near it; of several around the pointer, the narrowest. */
  boxAt(event) {
    const area = this.svg.getBoundingClientRect()
    const unit = 1 / this.view.scale
    const x = (event.clientX - area.left) * unit
    const y = (event.clientY - area.top) * unit
    let best = null
    let least = REACH * unit
    for (const box of this.data.boxes) {
      const far = distance(box.box, x, y)
      if (far < least || (far === 0 && least === 0 && box.box[2] < best.box[2])) {
        best = box
        least = far
      }
    }
    return best
  }

  point(event) {
    const box = event && event.pointerType !== "touch" ? this.boxAt(event) : null
    for (const [id, group] of this.groups) group.classList.toggle("near", id === box?.id)
    this.showHint(box)
  }

  click(event) {
    if (this.view.dragged) return
    const box = this.boxAt(event)
    const id = box?.id ?? null
    if (box) this.groups.get(id).focus({ preventScroll: true })
    // A phone's sheet with the digit must not cover it, and a tap may have meant a neighbour.
    if (box && isNarrow()) this.show(box, true)
    if (id === this.selected) return
    this.select(id)
    this.send("select", id ?? -1)
  }

  key(event) {
    this.byPointer = false
    const box = this.boxOf(event.target)
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key in STEPS) this.move(box, STEPS[event.key])
    else if (event.key === "Enter") this.send("check", box.id)
    else if (event.key === " ") this.send("select", box.id)
    else if (event.key === "Delete" || event.key === "Backspace") this.send("delete", box.id)
    else if (event.key === "Escape") this.leave()
    else if (this.data.labels.includes(event.key)) this.send("label", box.id, event.key)
    else if (!this.view.key(event)) return
    event.preventDefault()
  }

  /** Deselect, and go on with the picture. */
  leave() {
    this.view.frame.focus({ preventScroll: true })
    this.select(null)
    this.send("select", -1)
  }

  /** Select the next box in reading order, or the one before. */
  move(box, step) {
    const next = this.data.boxes[this.data.boxes.indexOf(box) + step]
    if (!next) return
    this.select(next.id)
    this.groups.get(next.id).focus()
    this.view.reveal(next.box, false)
    clearTimeout(this.later)
    this.later = setTimeout(() => this.send("select", next.id), SELECT_DELAY)
  }

  send(kind, id, label) {
    clearTimeout(this.later)
    this.sendEvent("event", { kind, id, label: label ?? null })
  }

  showHint(box) {
    if (!box || this.view.dragged) {
      this.hint.hide()
      return
    }
    const place = this.groups.get(box.id).firstChild.getBoundingClientRect()
    this.hint.show(box, place, this.view.frame.getBoundingClientRect())
  }
}

// Streamlit also calls a returned clean-up after a run that the next one has overtaken, while the
// component stays. So none is returned: what belongs to an element goes with it.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".stage")
  if (!overlays.has(root)) overlays.set(root, new Overlay(root))
  overlays.get(root).update(data, setTriggerValue, setStateValue)
}
