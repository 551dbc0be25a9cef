// Reads the canvas in the browser while the pen is down, and shows the server's answer afterwards.
//
// On every animation frame in which the ink changed, the canvas elements are read and the pocket
// network predicts here, in the browser. When the pen is lifted the server's answer arrives as
// data and replaces that. Comes last, after all others, in one module.

// For so long after the pen is lifted the canvas may still change: the stroke is finished. In ms.
const STROKE_MS = 300
// For so long a canvas that the page redraws (undo, clear, restore) is watched, in ms.
const REDRAW_MS = 1500
// The canvas reports a stroke to the server so long after the pen is lifted, in ms: an answer that
// comes earlier is about the stroke before.
const REPORT_MS = 200
// If the canvas has not appeared by then, it never will. In ms.
const MAX_WAIT_MS = 15000
const readers = new WeakMap()
let network = null
let hasWarned = false

/** The pocket network, once its weights have arrived (see live.py); null before. */
function pocketNetwork() {
  const weights = globalThis[Symbol.for("inkling.pocket")]
  if (!network && weights) {
    network = loadNetwork(Uint8Array.from(weights).buffer)
    network.predict = cachedPredict(network)
  }
  return network
}

class LiveReader {
  constructor(parent) {
    this.view = new PanelView(parent)
    this.scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    this.started = performance.now()
    this.isDown = false
    this.liftedAt = -REPORT_MS
    this.watchUntil = 0
    this.eventTime = 0
    this.frameRequest = 0
    this.timer = 0
    this.hash = null
    this.digits = null
    this.shownAnswer = ""
    this.redraws = null
    this.listeners = new AbortController()
    const options = { capture: true, passive: true, signal: this.listeners.signal }
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      document.addEventListener(kind, (event) => this.onPointer(event), options)
    }
  }

  stop() {
    this.listeners.abort()
    clearTimeout(this.timer)
    cancelAnimationFrame(this.frameRequest)
  }

  /** Take new data from the script: an answer, or that the canvas is being redrawn. */
  update(data) {
    this.data = data
    this.view.labels = data.labels
    this.view.setInvitation(data.invitation, data.hint)
    // Read the canvas first: ink found later would seem newer than this answer.
    if (this.hash !== null) this.readCanvas()
    this.offerAnswer()
    if (this.redraws !== null && this.redraws !== data.redraws) {
      this.watchUntil = performance.now() + REDRAW_MS
    }
    this.redraws = data.redraws
    this.requestFrame()
  }

  /** Show the server's answer, unless there is ink that it cannot have seen. */
  offerAnswer() {
    clearTimeout(this.timer)
    const answer = JSON.stringify(this.data.answer)
    if (answer === this.shownAnswer || this.isDown) return
    const remaining = this.liftedAt + REPORT_MS - performance.now()
    if (remaining > 0) {
      this.timer = setTimeout(() => this.offerAnswer(), remaining)
      return
    }
    this.shownAnswer = answer
    this.view.showAnswer(this.data.answer, this.digits)
  }

  onPointer(event) {
    const root = this.root
    if (event.type === "pointerdown") {
      if (!root || !event.composedPath().includes(root)) return
      this.isDown = true
    } else if (!this.isDown) return
    if (event.type === "pointerup" || event.type === "pointercancel") {
      this.isDown = false
      this.liftedAt = performance.now()
      this.watchUntil = this.liftedAt + STROKE_MS
    }
    this.eventTime ||= event.timeStamp
    this.requestFrame()
  }

  requestFrame() {
    this.frameRequest ||= requestAnimationFrame(() => this.onFrame())
  }

  onFrame() {
    this.frameRequest = 0
    const now = performance.now()
    if (!this.canvases) return this.waitForCanvas(now)
    if (!this.readCanvas() && this.data.thresholds && now - this.started < MAX_WAIT_MS) this.requestFrame()
    if (now < this.watchUntil) this.requestFrame()
  }

  waitForCanvas(now) {
    if (now - this.started < MAX_WAIT_MS) return this.requestFrame()
    if (!hasWarned) {
      hasWarned = true
      console.warn("Inkling: the drawing canvas was not found. Only the server will answer.")
    }
  }

  get root() {
    if (!this.cachedRoot?.host.isConnected) {
      this.cachedRoot = canvasRoot(document.querySelector(`.st-key-${this.data.container}`))
    }
    return this.cachedRoot
  }

  /** The two layers of the canvas; null while it has none. */
  get canvases() {
    const found = [...(this.root?.querySelectorAll("canvas.lower-canvas, canvas.upper-canvas") ?? [])]
    return found.length < 2 || !found[0].width ? null : found
  }

  /** Read the canvas; false if there is none, or no network to read it with. */
  readCanvas() {
    const { canvases } = this
    const network = this.data.thresholds && pocketNetwork()
    if (canvases && network) this.readIfChanged(canvases, network)
    return Boolean(canvases && network)
  }

  /** Read the ink and show the result, if the ink has changed. */
  readIfChanged(canvases, network) {
    const since = this.eventTime || performance.now()
    this.eventTime = 0
    const ink = this.inkOf(canvases)
    const hash = hashOf(ink.values)
    const isFirst = this.hash === null
    if (hash === this.hash) return
    this.hash = hash
    // The server answers what was there when the page opened.
    if (isFirst && !this.isDown) return
    this.digits = readInk(ink, network.predict, network.labels, this.data.thresholds)
    this.view.showLive(this.digits, network.labels)
    const { panel, reading } = this.view.parts
    const detail = { since, now: performance.now(), text: reading.textContent }
    panel.dispatchEvent(new CustomEvent("inkling:live", { detail, bubbles: true, composed: true }))
  }

  /** The canvas layers on white paper, as ink. */
  inkOf(canvases) {
    const { width, height } = canvases[0]
    const canvas = this.scratch.canvas
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
    this.scratch.fillStyle = "#ffffff"
    this.scratch.fillRect(0, 0, width, height)
    for (const layer of canvases) this.scratch.drawImage(layer, 0, 0)
    return fromCanvas(this.scratch.getImageData(0, 0, width, height).data, width, height)
  }
}

function hashOf(values) {
  let hash = 0
  for (let i = 0; i < values.length; i += 1) {
    if (values[i]) hash = (Math.imul(hash, 31) + Math.imul(i, 257) + values[i]) | 0
  }
  return hash
}

export default function ({ data, parentElement }) {
  let reader = readers.get(parentElement)
  if (!reader) readers.set(parentElement, (reader = new LiveReader(parentElement)))
  reader.update(data)
  return whenGone(parentElement, () => {
    reader.stop()
    readers.delete(parentElement)
  })
}
