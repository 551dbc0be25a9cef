// A picture with boxes on it. Pointing at a box shows what else it could be; a click, a tap or the
// keyboard chooses it: arrows go from box to box, a digit's key corrects, Delete takes away, Enter
// says that the number is right. What is done is told to Python, which sends the boxes anew.

const SVG = "http://www.w3.org/2000/svg"
// Screen pixels: letters, the gap between a box and its letter, and how far off a tap may be.
const LETTER = 15
const GAP = 3
const REACH = 22

const stages = new WeakMap()

function make(parent, name, className, namespace) {
  const element = namespace ? document.createElementNS(namespace, name) : document.createElement(name)
  if (className) element.setAttribute("class", className)
  parent.append(element)
  return element
}

/** How far a point is from a box, in the picture's pixels; 0 inside. */
function distance([x, y, width, height], px, py) {
  const dx = Math.max(x - px, 0, px - x - width)
  const dy = Math.max(y - py, 0, py - y - height)
  return Math.hypot(dx, dy)
}

class Stage {
  constructor(root) {
    this.root = root
    this.image = make(root, "img")
    this.svg = make(root, "svg", "", SVG)
    this.svg.setAttribute("role", "group")
    this.hint = make(root, "div", "hint")
    this.hint.hidden = true
    this.groups = new Map()
    this.svg.onpointermove = (event) => this.point(event)
    this.svg.onpointerleave = () => this.point(null)
    this.svg.onclick = (event) => this.click(event)
    this.svg.onkeydown = (event) => this.key(event)
    // A tap or click that focuses a box needs no hint: the pointer shows it, or the panel beside.
    this.svg.onpointerdown = () => (this.byPointer = true)
    this.svg.addEventListener("focusin", (event) => {
      if (!this.byPointer) this.show(this.boxOf(event.target))
    })
    this.svg.addEventListener("focusout", () => this.show(null))
    this.observer = new ResizeObserver(() => this.measure())
    this.observer.observe(root)
  }

  update(data, send, setState) {
    this.data = data
    this.send = send
    this.setState = setState
    if (this.image.src !== data.picture) this.image.src = data.picture
    this.image.alt = data.alt
    this.image.width = data.width
    this.image.height = data.height
    this.root.style.setProperty("--widest", `${data.widest}px`)
    this.svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`)
    this.svg.setAttribute("aria-label", "The digits on the page, in reading order")
    const had = this.boxOf(this.root.getRootNode().activeElement)?.id
    const old = this.groups
    this.groups = new Map()
    for (const box of data.boxes) {
      const group = old.get(box.id) ?? this.group()
      old.delete(box.id)
      this.groups.set(box.id, group)
      group.dataset.id = box.id
      group.setAttribute("aria-label", box.spoken)
      const [x, y, width, height] = box.box
      const rect = group.firstChild
      for (const [name, value] of Object.entries({ x, y, width, height })) {
        rect.setAttribute(name, value)
      }
      group.lastChild.textContent = box.state === "unsure" ? `${box.label}?` : box.label
      // Appended anew, so that Tab and screen readers meet them in reading order.
      this.svg.append(group)
    }
    for (const group of old.values()) group.remove()
    this.choose(data.chosen)
    this.letters()
    this.show(null)
    if (had !== undefined) {
      const next = this.groups.get(data.chosen ?? had) ?? this.groups.values().next().value
      next?.focus({ preventScroll: true })
    }
  }

  group() {
    const group = make(this.svg, "g", "", SVG)
    group.setAttribute("role", "button")
    make(group, "rect", "", SVG)
    make(group, "text", "", SVG)
    return group
  }

  /** Letters keep their size on the screen, whatever the picture's. */
  letters() {
    if (!this.data) return
    const unit = this.data.width / (this.svg.getBoundingClientRect().width || this.data.width)
    const letter = LETTER * unit
    this.svg.style.setProperty("--letter", letter)
    for (const box of this.data.boxes) {
      const [x, y, , height] = box.box
      const text = this.groups.get(box.id).lastChild
      const above = y - GAP * unit
      text.setAttribute("x", x)
      text.setAttribute("y", above > letter ? above : y + height + letter)
    }
  }

  /** Python is told how much room there is, for the drawing surface that may take its place. */
  measure() {
    this.letters()
    const width = Math.floor(this.root.getBoundingClientRect().width)
    if (width > 0 && this.data && Math.abs(width - this.data.room) > 12) {
      this.data.room = width
      this.setState("width", width)
    }
  }

  choose(id) {
    this.chosen = id
    const first = this.data.boxes.some((box) => box.id === id) ? id : this.data.boxes[0]?.id
    for (const box of this.data.boxes) {
      const group = this.groups.get(box.id)
      group.setAttribute("class", `${box.state}${box.id === id ? " chosen" : ""}`)
      group.setAttribute("aria-pressed", String(box.id === id))
      group.setAttribute("tabindex", box.id === first ? "0" : "-1")
    }
  }

  boxOf(element) {
    const id = Number(element?.closest?.("g")?.dataset.id)
    return this.data?.boxes.find((box) => box.id === id)
  }

  nearest(event) {
    const area = this.svg.getBoundingClientRect()
    const unit = this.data.width / area.width
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
    const box = event && event.pointerType !== "touch" ? this.nearest(event) : null
    for (const [id, group] of this.groups) group.classList.toggle("near", id === box?.id)
    this.show(box)
  }

  click(event) {
    const box = this.nearest(event)
    const id = box?.id ?? null
    if (id === null && this.chosen === null) return
    this.choose(id)
    if (id !== null) this.groups.get(id).focus({ preventScroll: true })
    this.tell("choose", id ?? -1)
  }

  key(event) {
    this.byPointer = false
    const box = this.boxOf(event.target)
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return
    const place = this.data.boxes.indexOf(box)
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
    if (event.key in steps) {
      const next = this.data.boxes[place + steps[event.key]]
      if (next) {
        this.choose(next.id)
        this.groups.get(next.id).focus()
        clearTimeout(this.later)
        this.later = setTimeout(() => this.tell("choose", next.id), 250)
      }
    } else if (event.key === "Enter" || event.key === " ") {
      this.tell(event.key === "Enter" ? "check" : "choose", box.id)
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.tell("delete", box.id)
    } else if (this.data.labels.includes(event.key)) {
      this.tell("label", box.id, event.key)
    } else {
      return
    }
    event.preventDefault()
  }

  tell(kind, id, label) {
    clearTimeout(this.later)
    this.send("event", { kind, id, label: label ?? null })
  }

  /** The alternatives, under the box or, where the picture ends, above it. */
  show(box) {
    this.hint.hidden = !box
    if (!box) return
    this.hint.replaceChildren()
    for (const [label, share, percent] of box.bars) {
      const row = make(this.hint, "div", "bar")
      make(row, "b").textContent = label
      const track = make(row, "span", "track")
      make(track, "i").style.width = `${100 * share}%`
      make(row, "span").textContent = percent
    }
    make(this.hint, "div", "note").textContent = box.note
    const area = this.svg.getBoundingClientRect()
    const unit = this.data.width / area.width
    const [x, y, width, height] = box.box.map((value) => value / unit)
    const wide = this.hint.offsetWidth
    const high = this.hint.offsetHeight
    const room = this.root.getBoundingClientRect().width
    const left = Math.min(Math.max(0, x + width / 2 - wide / 2), Math.max(0, room - wide))
    const below = y + height + 10
    const fits = below + high <= area.height || y < high + LETTER + 14
    this.hint.style.left = `${left}px`
    this.hint.style.top = `${fits ? below : y - high - LETTER - 12}px`
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let stage = stages.get(parentElement)
  if (!stage) {
    stage = new Stage(parentElement.querySelector(".stage"))
    stages.set(parentElement, stage)
  }
  stage.update(data, setTriggerValue, setStateValue)
  return () => {
    stage.observer.disconnect()
    stages.delete(parentElement)
  }
}
