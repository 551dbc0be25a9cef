// A page's numbers in rows and columns, each a field. Enter confirms or corrects and goes down, the
// arrow keys go to the neighbours, and Escape takes back what was typed. Until Python has applied
// what was typed, its field keeps it. Comes after steps.js.

const grids = new WeakMap()
// A field is at least this many characters wide.
const MIN_SIZE = 2

function make(parent, tag, text = "") {
  const element = parent.appendChild(document.createElement(tag))
  element.textContent = text
  return element
}

class Grid {
  constructor(root) {
    this.root = root
    this.steps = new Steps()
    root.addEventListener("keydown", (event) => this.onKey(event))
    // Leaving a field takes what was typed in it.
    root.addEventListener("focusout", (event) => event.target.isConnected && this.take(event.target, false))
  }

  update(data, setState) {
    this.steps.update(data.applied, setState)
    const shape = JSON.stringify(data.rows.map((row) => row.map((cell) => cell.map(({ id }) => id))))
    if (shape !== this.shape) this.build(data)
    this.shape = shape
    const numbers = data.rows.flat(2)
    for (const number of numbers) this.fill(number)
    this.root.classList.toggle("digits", numbers.every(({ text }) => text.length < 2))
    this.sums.hidden = !data.sums.some(Boolean)
    data.sums.forEach((sum, column) => (this.sums.cells[column + 1].textContent = sum))
  }

  /** Make the table anew; the field that has the focus keeps it. */
  build(data) {
    const focused = this.root.getRootNode().activeElement?.dataset?.id
    this.root.textContent = ""
    this.fields = new Map()
    const table = make(this.root, "table")
    table.setAttribute("aria-label", data.label)
    const head = make(make(table, "thead"), "tr")
    make(head, "td")
    data.rows[0].forEach((_, column) => (make(head, "th", column + 1).scope = "col"))
    const body = make(table, "tbody")
    this.places = data.rows.map((row, at) => {
      const line = make(body, "tr")
      make(line, "th", at + 1).scope = "row"
      return row.map((cell, column) => {
        const box = make(line, "td")
        return cell.map(({ id }) => this.field(box, id, `Row ${at + 1}, column ${column + 1}`))
      })
    })
    this.sums = make(make(table, "tfoot"), "tr")
    make(this.sums, "th", "Sum").scope = "row"
    data.rows[0].forEach(() => make(this.sums, "td"))
    if (focused) this.fields.get(focused)?.focus({ preventScroll: true })
  }

  field(parent, id, place) {
    const field = make(parent, "input")
    Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false })
    Object.assign(field.dataset, { id, place })
    this.fields.set(String(id), field)
    field.addEventListener("focus", () => field.select())
    field.addEventListener("input", () => (field.size = Math.max(MIN_SIZE, field.value.length)))
    return field
  }

  fill({ id, text, unsure, selected }) {
    const field = this.fields.get(String(id))
    field.classList.toggle("selected", selected)
    if (this.steps.waiting.some((step) => step.id === id)) return
    const isTyping = field.dataset.text !== undefined && field.value !== field.dataset.text
    field.dataset.text = text
    if (!isTyping) field.value = text
    field.size = Math.max(MIN_SIZE, field.value.length)
    field.classList.toggle("unsure", unsure)
    field.setAttribute("aria-label", `${field.dataset.place}${unsure ? ", to check" : ""}`)
  }

  /** Send what a field holds, if it was changed, or if it is to be confirmed. */
  take(field, isConfirmed) {
    const text = field.value.trim()
    if (text === field.dataset.text && !(isConfirmed && field.classList.contains("unsure"))) return
    field.dataset.text = text
    field.classList.remove("unsure")
    this.steps.add({ id: Number(field.dataset.id), text })
  }

  onKey(event) {
    const field = event.target
    const start = field.selectionStart, end = field.selectionEnd
    const isAll = start === 0 && end === field.value.length
    if (event.key === "Enter") {
      this.take(field, true)
      this.move(field, 1, 0)
    } else if (event.key === "Escape") field.value = field.dataset.text
    else if (event.key === "ArrowDown") this.move(field, 1, 0)
    else if (event.key === "ArrowUp") this.move(field, -1, 0)
    else if (event.key === "ArrowLeft" && (isAll || end === 0)) this.move(field, 0, -1)
    else if (event.key === "ArrowRight" && (isAll || start === field.value.length)) this.move(field, 0, 1)
    else return
    event.preventDefault()
  }

  /** Go to the next field in a direction, over empty cells. */
  move(field, down, right) {
    let row = this.places.findIndex((line) => line.flat().includes(field))
    let column = this.places[row].findIndex((cell) => cell.includes(field))
    do {
      row += down
      column += right
    } while (this.places[row]?.[column]?.length === 0)
    this.places[row]?.[column]?.[0].focus()
  }
}

// No clean-up is returned: see box_overlay.js.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".grid")
  if (!grids.has(root)) grids.set(root, new Grid(root))
  grids.get(root).update(data, setStateValue)
}
