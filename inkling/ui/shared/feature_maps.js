// A network's maps as a wall of small pictures: choose one, and a cell in it.
//
// All of them come in one picture, one below the other. A click or a tap says which cell; by keyboard
// the map's strongest cell is meant.

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
    const mark = tile.firstChild
    mark.hidden = map !== chosen
    if (map === chosen) {
      mark.style.width = mark.style.height = `${100 / side}%`
      mark.style.top = `${(100 * cell[0]) / side}%`
      mark.style.left = `${(100 * cell[1]) / side}%`
    }
    tile.onclick = (event) => {
      const place = { map, row: null, column: null }
      // No pointer, no place: Enter and Space click, too.
      if (event.detail > 0) {
        const box = tile.getBoundingClientRect()
        const at = (part) => Math.max(0, Math.min(side - 1, Math.floor(part * side)))
        place.row = at((event.clientY - box.top) / box.height)
        place.column = at((event.clientX - box.left) / box.width)
      }
      setTriggerValue("place", place)
    }
  })
}
