// A layer's maps as a wall of small pictures: choose one, and a cell in it.
//
// All maps come in one picture, one below the other. A click or a tap chooses a cell; by keyboard
// a map is chosen, and with it its strongest cell.

export default function ({ data, parentElement, setTriggerValue }) {
  const wall = parentElement.querySelector(".wall")
  if (!wall) return
  const { sprite, side, chosen, cell, labels } = data

  while (wall.children.length > labels.length) wall.lastChild.remove()
  while (wall.children.length < labels.length) {
    const tile = document.createElement("button")
    tile.type = "button"
    tile.append(document.createElement("span"))
    wall.append(tile)
  }
  labels.forEach((label, map) => {
    const tile = wall.children[map]
    tile.setAttribute("aria-label", label)
    tile.setAttribute("aria-pressed", String(map === chosen))
    tile.style.backgroundImage = `url(${sprite})`
    tile.style.backgroundSize = `100% ${100 * labels.length}%`
    tile.style.backgroundPositionY =
      labels.length > 1 ? `${(100 * map) / (labels.length - 1)}%` : "0"
    const frame = tile.firstChild
    frame.hidden = map !== chosen
    if (map === chosen) {
      frame.style.width = frame.style.height = `${100 / side}%`
      frame.style.top = `${(100 * cell[0]) / side}%`
      frame.style.left = `${(100 * cell[1]) / side}%`
    }
    tile.onclick = (event) => {
      const choice = { map, row: null, column: null }
      // Enter and Space also click, but have no pointer position.
      if (event.detail > 0) {
        const box = tile.getBoundingClientRect()
        const index = (part) => Math.max(0, Math.min(side - 1, Math.floor(part * side)))
        choice.row = index((event.clientY - box.top) / box.height)
        choice.column = index((event.clientX - box.left) / box.width)
      }
      setTriggerValue("cell", choice)
    }
  })
}
