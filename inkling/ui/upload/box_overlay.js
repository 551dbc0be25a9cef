// A picture with boxes on it. Pointing at a box shows what else it could be. A click, a tap or the
// keyboard selects it: arrow keys move from box to box, a label's key corrects, Delete deletes, and
// Enter confirms the number. Every action is sent to Python, which sends the boxes again.
// Comes after box_hint.js, in one module.

const SVG = "http://www.w3.org/2000/svg"
// Screen pixels: the gap between a box and its label, and how far from a box a click or tap still
// selects it.
const LABEL_GAP = 3
const REACH = 22
// Milliseconds after the last arrow key until the selection is sent.
const SELECT_DELAY = 250
// Screen pixels: smaller changes of the width are not sent.
const WIDTH_CHANGE = 12
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

const overlays = new WeakMap()

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
    this.image = make(root, "img")
    this.svg = make(root, "svg", "", SVG)
    this.svg.setAttribute("role", "group")
    this.svg.setAttribute("aria-label", "The digits on the page, in reading order")
    // The list beside the picture says the same.
    this.leftOut = make(this.svg, "g", "left-out", SVG)
    this.leftOut.setAttribute("aria-hidden", "true")
    this.hint = new Hint(root)
    this.groups = new Map()
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
    this.observer = new ResizeObserver(() => this.measure())
    this.observer.observe(root)
  }

  update(data, sendEvent, setState) {
    this.data = data
    this.sendEvent = sendEvent
    this.setState = setState
    if (this.image.src !== data.picture) this.image.src = data.picture
    this.image.alt = data.alt
    this.image.width = data.width
    this.image.height = data.height
    this.root.style.setProperty("--max-width", `${data.maxWidth}px`)
    this.svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`)
    const focused = this.boxOf(this.root.getRootNode().activeElement)?.id
    this.updateLeftOut()
    this.updateGroups()
    this.select(data.selected)
    this.placeLabels()
    this.showHint(null)
    if (focused !== undefined) {
      const next = this.groups.get(data.selected ?? focused) ?? this.groups.values().next().value
      next?.focus({ preventScroll: true })
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

  /** The picture's rectangle on the screen, and the picture's pixels per screen pixel. */
  scale() {
    const area = this.svg.getBoundingClientRect()
    return { area, unit: this.data.width / (area.width || this.data.width) }
  }

  /** Labels keep their size on the screen, whatever the picture's size. */
  placeLabels() {
    if (!this.data) return
    const { unit } = this.scale()
    const size = FONT_SIZE * unit
    this.svg.style.setProperty("--letter", size)
    for (const box of this.data.boxes) {
      const [x, y, , height] = box.box
      const text = this.groups.get(box.id).lastChild
      const above = y - LABEL_GAP * unit
      text.setAttribute("x", x)
      text.setAttribute("y", above > size ? above : y + height + size)
    }
  }

  /** Python needs the width for the drawing surface, which may take the picture's place. */
  measure() {
    this.placeLabels()
    const width = Math.floor(this.root.getBoundingClientRect().width)
    if (width > 0 && this.data && Math.abs(width - this.data.space) > WIDTH_CHANGE) {
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
  }

  boxOf(element) {
    const id = Number(element?.closest?.("g")?.dataset.id)
    return this.data?.boxes.find((box) => box.id === id)
  }

  /** The box at a pointer or near it; of several around the pointer, the narrowest. */
  boxAt(event) {
    const { area, unit } = this.scale()
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
    const id = this.boxAt(event)?.id ?? null
    if (id === null && this.selected === null) return
    this.select(id)
    if (id !== null) this.groups.get(id).focus({ preventScroll: true })
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
    else if (this.data.labels.includes(event.key)) this.send("label", box.id, event.key)
    else return
    event.preventDefault()
  }

  /** Select the next box in reading order, or the one before. */
  move(box, step) {
    const next = this.data.boxes[this.data.boxes.indexOf(box) + step]
    if (!next) return
    this.select(next.id)
    this.groups.get(next.id).focus()
    clearTimeout(this.later)
    this.later = setTimeout(() => this.send("select", next.id), SELECT_DELAY)
  }

  send(kind, id, label) {
    clearTimeout(this.later)
    this.sendEvent("event", { kind, id, label: label ?? null })
  }

  showHint(box) {
    if (!box) {
      this.hint.hide()
      return
    }
    const { area, unit } = this.scale()
    this.hint.show(box, area, unit)
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let overlay = overlays.get(parentElement)
  if (!overlay) {
    overlay = new Overlay(parentElement.querySelector(".stage"))
    overlays.set(parentElement, overlay)
  }
  overlay.update(data, setTriggerValue, setStateValue)
  return () => {
    overlay.observer.disconnect()
    overlays.delete(parentElement)
  }
}
