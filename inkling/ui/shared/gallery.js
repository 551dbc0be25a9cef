// Small pictures, one of which can be chosen. The arrow keys move between them.

export default function ({ data, parentElement, setTriggerValue }) {
  const group = parentElement.querySelector(".tiles")
  if (!group) return
  group.setAttribute("aria-label", data.label)
  const tiles = data.tiles.map((tile) => {
    const button = document.createElement(data.isChoice ? "button" : "div")
    button.className = "tile"
    button.dataset.number = tile.number
    button.setAttribute("aria-label", tile.flag ? `${tile.text}. ${tile.flag}` : tile.text)
    if (data.isChoice) {
      button.type = "button"
      button.setAttribute("aria-pressed", String(tile.number === data.chosen))
    } else {
      button.setAttribute("role", "img")
    }
    const paper = document.createElement("span")
    paper.className = "paper"
    const picture = document.createElement("img")
    picture.src = `data:image/png;base64,${tile.image}`
    picture.alt = ""
    paper.append(picture)
    button.append(paper)
    for (const part of ["caption", "note", "flag"]) {
      if (!tile[part]) continue
      const line = document.createElement("span")
      line.className = part
      line.textContent = tile[part]
      button.append(line)
    }
    if (!data.isChoice) return button
    button.onclick = () => setTriggerValue("number", tile.number)
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (!step) return
      event.preventDefault()
      const next = step > 0 ? button.nextElementSibling : button.previousElementSibling
      next?.focus()
    }
    return button
  })
  // The tile that has the keyboard focus keeps it.
  const focused = parentElement.querySelector("button:focus")?.dataset.number
  group.replaceChildren(...tiles)
  if (focused !== undefined) group.querySelector(`[data-number="${focused}"]`)?.focus()
}
