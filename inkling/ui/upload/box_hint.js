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
   * @param place the box on the screen, as a rectangle
   * @param frame the rectangle of what shows the picture
   */
  show(box, place, frame) {
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
    this.place(place, frame)
  }

  /** Below the box or, where it would not fit on the picture, above it. */
  place(box, frame) {
    const { offsetWidth, offsetHeight } = this.element
    const root = this.root.getBoundingClientRect()
    const middle = box.left + box.width / 2 - root.left
    const left = Math.max(0, Math.min(middle - offsetWidth / 2, root.width - offsetWidth))
    const below = box.bottom + HINT_BELOW - root.top
    const above = box.top - offsetHeight - FONT_SIZE - HINT_ABOVE - root.top
    const fits = below + offsetHeight <= frame.bottom - root.top || above < 2
    this.element.style.left = `${left}px`
    this.element.style.top = `${fits ? below : above}px`
  }
}
