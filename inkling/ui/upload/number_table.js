// The numbers of a page, one per row, to type in and to tick. Enter confirms or corrects a number
// and goes on to the next one, the arrow keys only move, and Escape takes back what was typed. A row
// that is clicked or typed in is selected, and the picture shows its number.
// Comes after steps.js.

// Milliseconds after which a row that is reached by keyboard is selected.
const SELECT_DELAY = 250
const STATES = { sure: "Sure", check: "Check", checked: "Checked", corrected: "Corrected", excluded: "Excluded" }

// A cross-hair.
const FIND = `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor"
  stroke-width="2" aria-hidden="true"><circle cx="12" cy="12" r="6"/>
  <path d="M12 2v5M12 17v5M2 12h5M17 12h5"/></svg>`

const tables = new WeakMap()

function make(parent, tag, className = "", text = "") {
  const element = parent.appendChild(document.createElement(tag))
  element.className = className
  element.textContent = text
  return element
}

class NumberTable {
  constructor(root) {
    this.steps = new Steps()
    this.rows = new Map()
    this.scroller = make(root, "div", "scroller")
    this.table = make(this.scroller, "table")
    this.table.setAttribute("aria-label", "The numbers on this page, to correct and to tick")
    this.head = make(make(this.table, "thead"), "tr")
    this.body = make(this.table, "tbody")
  }

  update(data, setState) {
    this.steps.update(data.applied, setState)
    const isOther = this.data?.selected !== data.selected
    if (String(this.data?.columns) !== String(data.columns)) this.showHead(data.columns)
    this.data = data
    const old = this.rows
    this.rows = new Map()
    for (const item of data.rows) {
      const row = old.get(item.id) ?? this.makeRow(item.id)
      old.delete(item.id)
      this.rows.set(item.id, row)
      this.show(row, item)
    }
    for (const row of old.values()) row.element.remove()
    this.arrange()
    this.select(data.selected)
    if (isOther) this.reveal(data.selected)
  }

  showHead(columns) {
    this.head.replaceChildren()
    for (const name of ["Number", "State", ...columns]) make(this.head, "th", "", name).scope = "col"
    this.head.children[1].title = "Ticked: the model is sure, or you have checked the number."
  }

  /** Put the rows into Python's order, moving only what is elsewhere, so that the focus stays. */
  arrange() {
    let place = this.body.firstElementChild
    for (const { element } of this.rows.values()) {
      if (element === place) place = place.nextElementSibling
      else this.body.insertBefore(element, place)
    }
  }

  makeRow(id) {
    const element = document.createElement("tr")
    const field = make(make(element, "td"), "input", "number")
    Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false })
    const state = make(make(element, "td"), "div", "state")
    const label = make(state, "label")
    const tick = make(label, "input")
    tick.type = "checkbox"
    const row = { id, element, field, label, tick, word: make(label, "span"), cells: [], text: "" }
    // Only where there is no mouse to click on the row with.
    row.find = make(state, "button", "find")
    row.find.innerHTML = FIND
    row.find.type = "button"
    row.find.onclick = () => this.choose(row, true)
    field.onkeydown = (event) => this.key(event, row)
    field.onchange = () => this.type(row)
    field.onfocus = () => this.choose(row)
    tick.onchange = () => this.steps.add({ kind: "tick", id, checked: tick.checked })
    element.onclick = (event) => {
      if (event.target !== field && !row.find.contains(event.target)) {
        this.choose(row, !label.contains(event.target))
      }
    }
    return row
  }

  show(row, item) {
    // What was typed and is not applied yet, or is being typed, stays.
    const isWaiting = this.steps.waiting.some((step) => step.id === row.id && step.kind !== "select")
    const isTyped = row.field.matches(":focus") && row.field.value !== row.text
    if (!isWaiting) {
      if (!isTyped) row.field.value = item.text
      row.tick.checked = item.state !== "check"
    }
    row.text = item.text
    row.element.className = item.state
    row.word.textContent = STATES[item.state]
    row.label.title = item.figure
    row.tick.setAttribute("aria-label", `${item.text || "Excluded number"}: ${STATES[item.state]}`)
    row.field.setAttribute("aria-label", `Number ${item.place}`)
    row.find.setAttribute("aria-label", `Show number ${item.place} in the picture`)
    while (row.cells.length < item.cells.length) row.cells.push(make(row.element, "td", "place"))
    row.cells.splice(item.cells.length).forEach((cell) => cell.remove())
    item.cells.forEach((text, place) => (row.cells[place].textContent = text))
  }

  key(event, row) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const moves = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }
    if (event.key === "Enter") this.confirm(row)
    else if (event.key === "Escape") row.field.value = row.text
    else if (!(event.key in moves)) return
    event.preventDefault()
    if (event.key in moves) this.move(row, moves[event.key])
  }

  move(row, by) {
    const rows = [...this.rows.values()]
    const next = rows[rows.indexOf(row) + by]
    next?.field.focus()
    next?.field.select()
  }

  confirm(row) {
    if (row.field.value !== row.text) this.type(row)
    else if (!row.tick.checked) {
      row.tick.checked = true
      this.steps.add({ kind: "tick", id: row.id, checked: true })
    }
  }

  type(row) {
    if (row.field.value === row.text) return
    row.text = row.field.value
    row.tick.checked = true
    this.steps.add({ kind: "type", id: row.id, text: row.field.value })
  }

  /**
   * Select a row, and show its number on the picture: at once, scrolling to it, or a moment after
   * the last key. On a phone, the panel of the selected digit would cover a row that is typed in.
   */
  choose(row, now = false) {
    clearTimeout(this.later)
    if (!now && matchMedia("(max-width: 640px)").matches) return
    if (this.selected === row.id && !now) return
    this.select(row.id)
    const send = () => this.steps.add({ kind: "select", id: row.id, scroll: now })
    if (now) send()
    else this.later = setTimeout(send, SELECT_DELAY)
  }

  select(id) {
    this.selected = id
    for (const row of this.rows.values()) {
      if (row.id === id) row.element.setAttribute("aria-current", "true")
      else row.element.removeAttribute("aria-current")
      row.element.classList.toggle("selected", row.id === id)
    }
  }

  /** Scroll the table, but not the page, to a row. */
  reveal(id) {
    const row = this.rows.get(id)?.element
    if (!row || row.contains(row.getRootNode().activeElement)) return
    const { scroller } = this
    const top = row.offsetTop - this.head.offsetHeight
    const bottom = row.offsetTop + row.offsetHeight
    if (top < scroller.scrollTop) scroller.scrollTop = top
    else if (bottom > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = bottom - scroller.clientHeight
    }
  }
}

// No clean-up is returned: see box_overlay.js.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".numbers")
  if (!tables.has(root)) tables.set(root, new NumberTable(root))
  tables.get(root).update(data, setStateValue)
}
