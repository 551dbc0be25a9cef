// Shows the digit of a Plotly point beside the pointer while it is on the point.
//
// All digits come in one picture, `columns` in a row. The chart is another element of the page, found
// by the key of its container. It may appear later than this component, and be replaced by a new one.

// Pixels: the lens, as in lens.css, and its distance from the pointer and from the window's edge.
const SIDE = 84
const OFFSET = 18
const MARGIN = 4
// Milliseconds between two looks for a new chart.
const POLL = 400

export default function ({ data, parentElement }) {
  const lens = parentElement.querySelector(".lens")
  if (!lens) return
  const { sprite, columns, rows, chart } = data
  lens.style.backgroundImage = `url(${sprite})`
  lens.style.backgroundSize = `${SIDE * columns}px ${SIDE * rows}px`

  const show = (event) => {
    const point = event.points?.find((one) => Number.isInteger(one.customdata))
    if (!point) return hide()
    const number = point.customdata
    const column = number % columns
    lens.style.backgroundPosition = `-${SIDE * column}px -${SIDE * Math.floor(number / columns)}px`
    const x = event.event?.clientX ?? innerWidth / 2
    const y = event.event?.clientY ?? innerHeight / 2
    const left = Math.min(innerWidth - SIDE - 2 * MARGIN, x + OFFSET)
    lens.style.left = `${Math.max(MARGIN, left)}px`
    lens.style.top = `${Math.max(MARGIN, y - SIDE - OFFSET)}px`
    lens.hidden = false
    lens.dataset.number = number
  }
  const hide = () => (lens.hidden = true)

  let plot = null
  const attach = () => {
    const found = document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`)
    if (!found || found === plot || !found.on) return
    plot = found
    plot.on("plotly_hover", show)
    plot.on("plotly_unhover", hide)
  }
  attach()
  const timer = setInterval(attach, POLL)
  return () => {
    clearInterval(timer)
    plot?.removeListener?.("plotly_hover", show)
    plot?.removeListener?.("plotly_unhover", hide)
  }
}
