// Records when the pen was where: for each stroke the pointer's way over the canvas, with times. The
// canvas itself reports no times. Comes before canvas.js, in one module.

// So many strokes are kept, the latest.
const MAX_TRAILS = 400
const TRAILS = Symbol.for("inkling.trails")

/** Record the pen's ways over a canvas that is `width` pixels wide, whatever its size on screen. */
function recordTrails(canvas, width) {
  const trails = (globalThis[TRAILS] ??= [])
  let trail = null
  const add = (event) => {
    const box = canvas.getBoundingClientRect()
    const scale = width() / box.width
    const time = Math.round(performance.timeOrigin + event.timeStamp)
    trail.push([(event.clientX - box.x) * scale, (event.clientY - box.y) * scale, time])
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary && event.isTrusted) return
    trail = []
    add(event)
    const listening = new AbortController()
    const options = { capture: true, signal: listening.signal }
    const end = (last) => {
      if (last.pointerId !== event.pointerId) return
      add(last)
      trails.push(trail)
      trails.splice(0, trails.length - MAX_TRAILS)
      listening.abort()
    }
    document.addEventListener("pointermove", (next) => next.pointerId === event.pointerId && add(next), options)
    document.addEventListener("pointerup", end, options)
    document.addEventListener("pointercancel", end, options)
  })
}
