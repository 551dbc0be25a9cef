// On a narrow screen a row of tabs is scrolled; the chosen one must not lie outside it.

const TRIES = 30

export default function () {
  let left = TRIES
  const look = () => {
    const tab = document.querySelector('[role="tablist"] [aria-selected="true"]')
    let room = tab?.parentElement
    while (room && room.scrollWidth <= room.clientWidth) room = room.parentElement
    if (tab && room) {
      const place = tab.getBoundingClientRect()
      const seen = room.getBoundingClientRect()
      if (place.left < seen.left || place.right > seen.right) {
        room.scrollLeft += (place.left + place.right - seen.left - seen.right) / 2
      }
    } else if (left-- > 0) requestAnimationFrame(look)
  }
  look()
}
