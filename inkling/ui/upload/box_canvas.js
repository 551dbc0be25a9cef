// Beside the canvas on which boxes are drawn: keeps its toolbar visible, which otherwise appears
// only while a mouse hovers over it, and names the canvas for screen readers. Comes after
// drawable_canvas.js, in one module.

// Frames in which the canvas must appear to be adapted.
const MAX_FRAMES = 240
const STYLE = `.dc-toolbar { opacity: 1 !important; top: -2.65rem !important }
.dc-icon-button { padding: 0.4rem }`

export default function ({ data, parentElement }) {
  const container = containerOf(parentElement, data.container)
  adaptCanvas(container, MAX_FRAMES, STYLE, (canvas) => nameCanvas(canvas, "img", data.label))
}
