// The panel beside the paper: what is read while the pen is down, and the server's answer after.
//
// On every animation frame in which the ink changed, the canvas' own elements are read, and the
// pocket network answers here, in the browser. When the pen is lifted the server's answer arrives
// as data, and stands. Comes after surface.js, ink.js, segment.js and pocket.js, in one module.

const PARTS = [
  ...["panel", "invitation", "invite", "how", "answer", "source", "sign", "verdict", "view"],
  ...["advice", "note", "bars", "status"],
]
const BLANK = { sign: "", verdict: "" }
// A finished stroke is laid down on the canvas within this, in ms.
const SETTLED = 300
// A redrawn canvas (undo, clear, a drawing brought back) is looked at for so long, in ms.
const WATCH = 1500
// The canvas tells the script of a stroke so long after the pen was lifted, in ms: what comes before
// answers the stroke before.
const REPORTED = 200
// A canvas that has not come by then, in ms, is not the one we know.
const PATIENCE = 15000
const SIZES = [[1, 5.5], [2, 5], [4, 3.8], [6, 3], [99, 2.2]]
const VIEW_PAPER = [238, 242, 250]
const VIEW_INK = [16, 24, 43]
const panels = new WeakMap()
let network = null
let complained = false

/** The pocket network, once its weights are here (see live.py); null before. */
function pocketNetwork() {
  const weights = globalThis[Symbol.for("inkling.pocket")]
  if (!network && weights) {
    network = read(Uint8Array.from(weights).buffer)
    network.ask = remembering(network)
  }
  return network
}

/** A label with its article, as words.py says it. */
const an = (label) => (/^[8AEFHILMNORSXaefhilmnorsx]/.test(label) ? `an ${label}` : `a ${label}`)

function second(digit, labels) {
  const others = labels.filter((label) => label !== digit.label)
  const share = (label) => digit.probabilities[labels.indexOf(label)]
  return others.reduce((best, label) => (share(label) > share(best) ? label : best))
}

/** One digit in words, never surer than the pocket network is. */
function liveVerdict(digits, labels) {
  const doubtful = digits.filter((digit) => !digit.isSure)
  if (digits.length > 1) {
    const count = `${digits.length} digits so far`
    return doubtful.length ? `${count}, ${doubtful.length} of them unclear.` : `${count}.`
  }
  const [digit] = digits
  if (digit.isDot) return "A dot so far."
  if (!digit.isDigit) return "Not like a digit so far."
  if (digit.isSure) return `Looks like ${an(digit.label)}.`
  return `Perhaps ${an(digit.label)}, or ${an(second(digit, labels))}.`
}

class Panel {
  constructor(parent) {
    this.parts = Object.fromEntries(
      PARTS.map((name) => [name, parent.querySelector(`.${name}`)]),
    )
    this.scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    this.isDown = false
    this.isAsked = false
    this.since = 0
    this.watchUntil = 0
    this.lifted = -REPORTED
    this.later = 0
    this.hash = null
    this.live = null
    this.before = []
    this.shown = ""
    this.redraws = null
    this.started = performance.now()
    this.listeners = new AbortController()
    const options = { capture: true, passive: true, signal: this.listeners.signal }
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      document.addEventListener(kind, (event) => this.pointed(event), options)
    }
  }

  stop() {
    this.listeners.abort()
    clearTimeout(this.later)
    cancelAnimationFrame(this.isAsked)
  }

  /** New data from the script: an answer, or a redrawn canvas to look at. */
  take(data) {
    this.data = data
    this.parts.invite.textContent = data.invite
    this.parts.how.textContent = data.how
    // A redrawn canvas is looked at first: found later, it would pass for newer than its answer.
    if (this.hash !== null) this.lookAgain()
    this.offer()
    if (this.redraws !== null && this.redraws !== data.redraws) {
      this.watchUntil = performance.now() + WATCH
    }
    this.redraws = data.redraws
    this.ask()
  }

  /** Show the server's answer, unless ink is newer than what it can have seen. */
  offer() {
    clearTimeout(this.later)
    const answer = JSON.stringify(this.data.answer)
    if (answer === this.shown || this.isDown) return
    const early = this.lifted + REPORTED - performance.now()
    if (early > 0) {
      this.later = setTimeout(() => this.offer(), early)
      return
    }
    this.shown = answer
    this.showAnswer()
  }

  pointed(event) {
    const root = this.root
    if (event.type === "pointerdown") {
      if (!root || !event.composedPath().includes(root)) return
      this.isDown = true
    } else if (!this.isDown) return
    if (event.type === "pointerup" || event.type === "pointercancel") {
      this.isDown = false
      this.lifted = performance.now()
      this.watchUntil = this.lifted + SETTLED
    }
    this.since ||= event.timeStamp
    this.ask()
  }

  ask() {
    this.isAsked ||= requestAnimationFrame(() => this.frame())
  }

  get root() {
    if (!this.known?.host.isConnected) {
      this.known = canvasRoot(document.querySelector(`.st-key-${this.data.room}`))
    }
    return this.known
  }

  /** The canvas' two layers; null while it has none. */
  get canvases() {
    const found = [...(this.root?.querySelectorAll("canvas.lower-canvas, canvas.upper-canvas") ?? [])]
    return found.length < 2 || !found[0].width ? null : found
  }

  /** False where there is no network to look with, or nothing to look at. */
  lookAgain() {
    const { canvases } = this
    const network = this.data.limits && pocketNetwork()
    if (canvases && network) this.look(canvases, network)
    return Boolean(canvases && network)
  }

  frame() {
    this.isAsked = 0
    const now = performance.now()
    if (!this.canvases) return this.wait(now)
    if (!this.lookAgain() && this.data.limits && now - this.started < PATIENCE) this.ask()
    if (now < this.watchUntil) this.ask()
  }

  wait(now) {
    if (now - this.started < PATIENCE) return this.ask()
    if (!complained) {
      complained = true
      console.warn("Inkling: the drawing canvas was not found; the server alone answers.")
    }
  }

  /** Read the ink if it has changed. */
  look(canvases, network) {
    const since = this.since || performance.now()
    this.since = 0
    const { width, height } = canvases[0]
    const canvas = this.scratch.canvas
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
    this.scratch.fillStyle = "#ffffff"
    this.scratch.fillRect(0, 0, width, height)
    for (const layer of canvases) this.scratch.drawImage(layer, 0, 0)
    const ink = fromCanvas(this.scratch.getImageData(0, 0, width, height).data, width, height)
    const hash = inkHash(ink.values)
    const isFirst = this.hash === null
    if (hash === this.hash) return
    this.hash = hash
    // What is there already when the page opens has the server's answer.
    if (isFirst && !this.isDown) return
    this.live = readInk(ink, network.ask, network.labels, this.data.limits)
    this.showLive(network.labels)
    const detail = { since, now: performance.now(), text: this.parts.sign.textContent }
    this.parts.panel.dispatchEvent(
      new CustomEvent("inkling:live", { detail, bubbles: true, composed: true }),
    )
  }

  showLive(labels) {
    const digits = this.live
    if (!digits.length) return this.show(BLANK, "")
    const changed = digits.findIndex((digit, place) => !same(digit.box, this.before[place]))
    this.before = digits.map((digit) => digit.box)
    if (changed >= 0) this.looking = changed
    const digit = digits[Math.min(this.looking ?? 0, digits.length - 1)]
    const content = {
      sign: signOf(digits),
      verdict: liveVerdict(digits, labels),
      probabilities: digit.isDot ? null : digit.probabilities,
      glyph: digit.glyph,
      labels,
      isSure: digit.isSure,
    }
    this.show(content, "live")
  }

  showAnswer() {
    const { answer } = this.data
    if (!answer) return this.show(BLANK, "")
    const glyph = Uint8Array.from(atob(answer.glyph), (letter) => letter.charCodeAt(0))
    this.show({ ...answer, glyph }, "server")
    const drawn = this.live?.length ? signOf(this.live) : null
    const differs = drawn !== null && drawn !== answer.sign && answer.title !== "Pocket"
    this.parts.note.textContent = differs
      ? `While you drew, the pocket network read ${drawn.replaceAll("?", "something that is no digit")}. ` +
        `${answer.title}’s answer stands.`
      : ""
    this.parts.advice.textContent = answer.advice
    this.parts.status.textContent = `${answer.spoken} ${answer.advice}`
  }

  /** Show a reading; `source` is "live", "server", or empty for a blank sheet. */
  show(content, source) {
    const { panel, invitation, answer, sign, verdict, view, advice, note, status } = this.parts
    panel.dataset.source = source
    invitation.hidden = Boolean(source)
    answer.hidden = !source
    if (source !== "server") note.textContent = advice.textContent = ""
    if (!source) status.textContent = ""
    sign.textContent = content.sign
    sign.style.fontSize = `${SIZES.find(([most]) => content.sign.length <= most)[1]}rem`
    // Tests and screenshots wait for the server's.
    sign.dataset.testid = source === "server" ? "inkling-answer" : "inkling-live"
    verdict.textContent = content.verdict
    this.parts.source.textContent =
      source === "live" ? "Live, in your browser" : source ? `${content.title}’s answer` : ""
    if (content.glyph) {
      paintGlyph(view, content.glyph)
      view.setAttribute("aria-label", `The drawing, shrunk to 28 by 28 pixels, read as ${content.looked ?? content.sign}`)
    }
    this.showBars(content)
  }

  showBars({ probabilities, labels = this.data.labels, isSure, alt }) {
    const { bars } = this.parts
    if (bars.childElementCount !== labels.length) {
      bars.replaceChildren(...labels.map(emptyBar))
    }
    const best = probabilities ? Math.max(...probabilities) : 2
    labels.forEach((label, place) => {
      const share = probabilities?.[place] ?? 0
      const bar = bars.children[place]
      bar.classList.toggle("best", share === best)
      bar.classList.toggle("unsure", share === best && !isSure)
      bar.querySelector(".fill").style.transform = `scaleY(${share.toFixed(4)})`
      const text = share >= 0.005 ? `${Math.min(99, Math.round(100 * share))} %` : ""
      bar.querySelector(".share").textContent = text
    })
    bars.classList.toggle("empty", !probabilities)
    bars.setAttribute("aria-label", alt ?? "The probability of each label, moving as you draw.")
  }
}

const signOf = (digits) => digits.map((d) => (d.isDigit ? d.label : "?")).join("")
const same = (box, other) => Boolean(other) && box.every((value, place) => value === other[place])

function inkHash(values) {
  let hash = 0
  for (let i = 0; i < values.length; i += 1) {
    if (values[i]) hash = (Math.imul(hash, 31) + Math.imul(i, 257) + values[i]) | 0
  }
  return hash
}

function emptyBar(label) {
  const bar = document.createElement("div")
  bar.className = "bar"
  for (const name of ["share", "track", "label"]) {
    const part = bar.appendChild(document.createElement("div"))
    part.className = name
    if (name === "track") part.appendChild(document.createElement("div")).className = "fill"
    if (name === "label") part.textContent = label
  }
  return bar
}

/** 784 values as dark ink on tinted paper (see pictures.py), a pixel each; CSS enlarges it. */
function paintGlyph(view, glyph) {
  const context = view.getContext("2d")
  const picture = context.createImageData(GLYPH, GLYPH)
  for (let i = 0; i < glyph.length; i += 1) {
    const share = glyph[i] / 255
    for (let channel = 0; channel < 3; channel += 1) {
      const [paper, ink] = [VIEW_PAPER[channel], VIEW_INK[channel]]
      picture.data[4 * i + channel] = Math.round(paper + (ink - paper) * share)
    }
    picture.data[4 * i + 3] = 255
  }
  context.putImageData(picture, 0, 0)
}

export default function ({ data, parentElement }) {
  let panel = panels.get(parentElement)
  if (!panel) panels.set(parentElement, (panel = new Panel(parentElement)))
  panel.take(data)
  return () => {
    panels.get(parentElement)?.stop()
    panels.delete(parentElement)
  }
}
