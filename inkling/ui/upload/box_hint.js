// What else the digit in a box could be: bars with the model's probabilities, near the box.

// Screen pixels: the font size of the boxes' labels, and the distances of the hint below a box, and
// above a box's label.
const FONT_SIZE = 15
const HINT_BELOW = 10
const HINT_ABOVE = 12

function make(parent, name, className, namespace) {
  const element = namespace ? document.createElementNS(namespace, name) : document.createElement(name)
  if (className) element.setAttribute("class", className)
  parent.append(element)
  return element
}

/** The alternatives of one box, as bars under or above it. */
class Hint {
  constructor(root) {
    this.root = root
    this.element = make(root, "div", "hint")
    this.hide()
  }

  hide() {
    this.element.hidden = true
  }

  /**
   * @param box as Python sends it
   * @param area the picture's rectangle on the screen
   * @param unit the picture's pixels per screen pixel
   */
  show(box, area, unit) {
    this.element.hidden = false
    this.element.replaceChildren()
    for (const [label, probability, percent] of box.bars) {
      const row = make(this.element, "div", "bar")
      make(row, "b").textContent = label
      const track = make(row, "span", "track")
      make(track, "i").style.width = `${100 * probability}%`
      make(row, "span").textContent = percent
    }
    make(this.element, "div", "note").textContent = box.note
    this.place(box.box.map((value) => value / unit), area)
  }

  /** Below the box or, where it would not fit on the picture, above it. */
  place([x, y, width, height], area) {
    const { offsetWidth, offsetHeight } = this.element
    const space = this.root.getBoundingClientRect().width
    const left = Math.max(0, Math.min(x + width / 2 - offsetWidth / 2, space - offsetWidth))
    const below = y + height + HINT_BELOW
    const above = y - offsetHeight - FONT_SIZE - HINT_ABOVE
    const fits = below + offsetHeight <= area.height || above < 2
    this.element.style.left = `${left}px`
    this.element.style.top = `${fits ? below : above}px`
  }
}
