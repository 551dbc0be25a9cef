// One number at a time: its picture, and a field to confirm or correct it. Enter answers, the down
// arrow leaves a number for later, and Ctrl+Z goes back. On a touch screen large keys do the same.
//
// Steps that Python has not applied yet are replayed on what it sent last, so that the next number is
// shown at once. Comes after steps.js.

const queues = new WeakMap()

const HELP = "Enter confirms or corrects · ↓ later · Ctrl+Z undoes · an empty field leaves the number out"
// Labels of the large keys, and what they do where they do not type their label.
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "✓"]
const KEY_NAMES = { "⌫": "Delete the last character", "✓": "Confirm" }

function make(parent, tag, className = "", text = "") {
  const element = parent.appendChild(document.createElement(tag))
  element.className = className
  element.textContent = text
  return element
}

/** Python's queue after more steps, as ReviewQueue.take in review_queue.py does it. */
function replay({ pending, answered }, steps) {
  pending = [...pending]
  answered = [...answered]
  for (const { kind, number } of steps) {
    const place = pending.indexOf(number)
    if (kind === "undo") {
      if (answered.length) pending.unshift(answered.pop())
    } else if (place >= 0) {
      pending.splice(place, 1)
      ;(kind === "answer" ? answered : pending).push(number)
    }
  }
  return { pending, answered }
}

class Queue {
  constructor(root) {
    this.steps = new Steps()
    this.items = new Map()
    this.shown = null
    this.where = make(root, "p", "where")
    this.view = make(root, "div", "view")
    this.image = make(this.view, "img")
    this.mark = make(this.view, "div", "mark")
    this.form = make(root, "form")
    this.field = make(this.form, "input")
    this.field.type = "text"
    this.field.autocomplete = "off"
    this.field.spellcheck = false
    this.field.setAttribute("aria-label", "The number in the picture")
    // Touch screens have the large keys, and "ABC" for all others.
    this.hasKeys = matchMedia("(pointer: coarse)").matches
    if (this.hasKeys) this.field.inputMode = "none"
    this.confirm = make(this.form, "button", "primary", "Confirm")
    this.confirm.type = "submit"
    const buttons = make(root, "div", "buttons")
    this.later = this.button(buttons, "Later", () => this.send({ kind: "later", number: this.shown }))
    this.undo = this.button(buttons, "Undo", () => this.send({ kind: "undo" }))
    if (this.hasKeys) this.makeKeys(root, buttons)
    this.help = make(root, "p", "help", this.hasKeys ? "" : HELP)
    this.done = make(root, "p", "done")
    this.status = make(root, "p", "status")
    this.status.setAttribute("role", "status")
    this.form.onsubmit = (event) => {
      event.preventDefault()
      this.answer()
    }
    root.onkeydown = (event) => this.onKey(event)
  }

  button(parent, text, act) {
    const button = make(parent, "button", "", text)
    button.type = "button"
    button.onclick = () => {
      act()
      this.field.focus({ preventScroll: true })
    }
    return button
  }

  makeKeys(root, buttons) {
    const pad = make(root, "div", "keys")
    for (const key of KEYS) {
      const button = this.button(pad, key, () => this.press(key))
      if (KEY_NAMES[key]) button.setAttribute("aria-label", KEY_NAMES[key])
    }
    this.button(buttons, "ABC", () => {
      this.field.blur()
      this.field.inputMode = "text"
    })
  }

  press(key) {
    if (key === "✓") return this.answer()
    const { selectionStart: start, selectionEnd: end, value } = this.field
    const from = key === "⌫" && start === end ? Math.max(0, start - 1) : start
    this.field.value = value.slice(0, from) + (key === "⌫" ? "" : key) + value.slice(end)
    const caret = from + (key === "⌫" ? 0 : 1)
    this.field.setSelectionRange(caret, caret)
  }

  onKey(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z"
    // While the text differs, Ctrl+Z undoes typing.
    const isUnchanged = this.shown === null || this.field.value === this.items.get(this.shown)?.text
    if (isUndo && isUnchanged) this.send({ kind: "undo" })
    else if (event.key === "ArrowDown" && this.shown !== null) this.send({ kind: "later", number: this.shown })
    else return
    event.preventDefault()
  }

  answer() {
    if (this.shown !== null) this.send({ kind: "answer", number: this.shown, text: this.field.value })
  }

  send(step) {
    this.steps.add(step)
    this.show()
  }

  update(data, setState) {
    this.data = data
    this.steps.update(data.applied, setState)
    for (const [number, item] of Object.entries(data.items)) this.items.set(Number(number), item)
    this.show()
  }

  show() {
    const { pending, answered } = replay(this.data, this.steps.waiting)
    const next = pending.find((number) => this.items.has(number)) ?? null
    this.undo.disabled = !answered.length
    this.later.disabled = pending.length < 2
    const isDone = !pending.length
    for (const part of [this.where, this.view, this.form]) part.hidden = isDone
    this.done.textContent = isDone ? `All ${this.data.count} checked. Close this window to go on.` : ""
    // Where Python has still to send a number, this one stays until then.
    if (next === this.shown) return
    const before = this.shown
    this.shown = next
    if (next === null) {
      this.status.textContent = this.done.textContent
      if (isDone) this.undo.focus({ preventScroll: true })
      return
    }
    const item = this.items.get(next)
    this.image.src = item.picture
    this.image.alt = `The number in ${item.title}`
    this.view.style.aspectRatio = `${item.width} / ${item.height}`
    this.view.style.setProperty("--shape", item.width / item.height)
    const [left, top, width, height] = item.box.map((part) => `${100 * part}%`)
    Object.assign(this.mark.style, { left, top, width, height })
    this.where.textContent = `${this.data.count - pending.length + 1} of ${this.data.count} · ${item.title}`
    this.field.value = item.text
    this.status.textContent = `${this.where.textContent}. Read as ${item.text || "nothing"}.`
    if (before === null || this.field.matches(":focus") || !this.hasKeys) this.focusField()
  }

  focusField() {
    this.field.focus({ preventScroll: true })
    this.field.select()
  }
}

// No clean-up is returned: see box_overlay.js.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".queue")
  if (!queues.has(root)) queues.set(root, new Queue(root))
  queues.get(root).update(data, setStateValue)
}
