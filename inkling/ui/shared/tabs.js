// On a narrow screen the row of tabs scrolls: bring the chosen tab into view.

// Frames in which the tabs must appear.
const MAX_FRAMES = 30

export default function () {
  let framesLeft = MAX_FRAMES
  const scroll = () => {
    const tab = document.querySelector('[role="tablist"] [aria-selected="true"]')
    let row = tab?.parentElement
    while (row && row.scrollWidth <= row.clientWidth) row = row.parentElement
    if (tab && row) {
      const tabBox = tab.getBoundingClientRect()
      const rowBox = row.getBoundingClientRect()
      if (tabBox.left < rowBox.left || tabBox.right > rowBox.right) {
        row.scrollLeft += (tabBox.left + tabBox.right - rowBox.left - rowBox.right) / 2
      }
    } else if (framesLeft-- > 0) requestAnimationFrame(scroll)
  }
  scroll()
}
