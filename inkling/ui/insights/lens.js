// Shows the digit behind a point of a Plotly chart beside the pointer, and under the chart.
//
// The digits come in one picture, `columns` a row. The chart is another element of the page, found by
// the key of its container; it may come later than this, or anew.

const SIDE = 84

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
    lens.style.left = `${Math.max(4, Math.min(innerWidth - SIDE - 8, x + 18))}px`
    lens.style.top = `${Math.max(4, y - SIDE - 18)}px`
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
  const timer = setInterval(attach, 400)
  return () => {
    clearInterval(timer)
    plot?.removeListener?.("plotly_hover", show)
    plot?.removeListener?.("plotly_unhover", hide)
  }
}
