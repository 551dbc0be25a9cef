// The panel beside the canvas: what was read, how sure that is, the glyph, and a bar for each
// label's probability. Comes after glyph.js and before live.js, in one module.

const PARTS = [
  ...["panel", "invitation", "headline", "hint", "answer", "source", "reading", "verdict", "glyph"],
  ...["advice", "note", "bars", "status"],
]
const BLANK = { text: "", verdict: "" }
// The reading's font size in rem, by its length: [up to so many characters, size].
const FONT_SIZES = [[1, 5.5], [2, 5], [4, 3.8], [6, 3], [99, 2.2]]
// Colours of the glyph as in inkling/ui/shared/images.py, RGB.
const PAPER = [238, 242, 250]
const PEN = [16, 24, 43]
// A less probable label gets no percentage.
const MIN_SHOWN = 0.005
// What an unsure digit could also be is named from this probability on, as MIN_RIVAL in phrases.py.
const MIN_RIVAL = 0.05
// The title of the network that also runs in the browser.
const POCKET_TITLE = "Pocket"

/** A label with its article, as `with_article` in phrases.py gives it. */
const withArticle = (label) => (/^[8AEFHILMNORSXaefhilmnorsx]/.test(label) ? `an ${label}` : `a ${label}`)
/** The digits as one text, a question mark for what is not a digit. */
const textOf = (digits) => digits.map((digit) => (digit.isDigit ? digit.label : "?")).join("")

/** What else a digit could be, after "or"; empty if nothing is probable enough. */
function orRival(digit, labels) {
  const others = labels.filter((label) => label !== digit.label)
  const probability = (label) => digit.probabilities[labels.indexOf(label)]
  const best = others.reduce((best, label) => (probability(label) > probability(best) ? label : best))
  return probability(best) >= MIN_RIVAL ? ` or ${withArticle(best)}` : ""
}

/** How sure the pocket network is of a drawing that is still in progress, in words. */
function liveVerdict(digits, labels) {
  if (digits.length > 1) {
    const unclear = digits.filter((digit) => !digit.isSure).length
    const count = `${digits.length} digits so far`
    return unclear ? `${count}, ${unclear} of them unclear.` : `${count}.`
  }
  const [digit] = digits
  if (digit.isDot) return "Just a dot so far."
  if (!digit.isDigit) return "Not a digit so far."
  if (digit.isSure) return `Looks like ${withArticle(digit.label)}.`
  return `Perhaps ${withArticle(digit.label)}${orRival(digit, labels)}.`
}

/** What the pocket network read while the server reads something else; empty where both agree. */
function differenceNote(live, answer) {
  if (live === null || live === answer.text || answer.title === POCKET_TITLE) return ""
  const text = live === "?" ? "saw no digit" : `read “${live}”`
  return `The small network in your browser ${text} while you drew. The final answer is by ${answer.title}.`
}

class PanelView {
  constructor(parent) {
    this.parts = Object.fromEntries(PARTS.map((name) => [name, parent.querySelector(`.${name}`)]))
    this.labels = []
    this.boxes = []
    this.explained = 0
  }

  setInvitation(headline, hint) {
    this.parts.headline.textContent = headline
    this.parts.hint.textContent = hint
  }

  /** Show what the browser reads of a drawing in progress; the digit that changed is explained. */
  showLive(digits, labels) {
    if (!digits.length) return this.show(BLANK, "")
    const changed = digits.findIndex((digit, place) => !isSameBox(digit.box, this.boxes[place]))
    this.boxes = digits.map((digit) => digit.box)
    if (changed >= 0) this.explained = changed
    const digit = digits[Math.min(this.explained, digits.length - 1)]
    const content = {
      text: textOf(digits),
      verdict: liveVerdict(digits, labels),
      probabilities: digit.isDot ? null : digit.probabilities,
      glyph: digit.glyph,
      labels,
      isDigit: digit.isDigit,
      isSure: digit.isSure,
    }
    this.show(content, "live")
  }

  /** Show the server's answer; `live` are the digits that the browser read, if it read any. */
  showAnswer(answer, live) {
    if (!answer) return this.show(BLANK, "")
    const glyph = Uint8Array.from(atob(answer.glyph), (letter) => letter.charCodeAt(0))
    this.show({ ...answer, glyph }, "server")
    this.parts.note.textContent = differenceNote(live?.length ? textOf(live) : null, answer)
    this.parts.advice.textContent = answer.advice
    this.parts.status.textContent = `${answer.spoken} ${answer.advice}`
  }

  /** Show content; `source` is "live", "server", or empty for a blank canvas. */
  show(content, source) {
    const { panel, invitation, answer, reading, verdict, glyph, advice, note, status } = this.parts
    panel.dataset.source = source
    invitation.hidden = Boolean(source)
    answer.hidden = !source
    if (source !== "server") note.textContent = advice.textContent = ""
    if (!source) status.textContent = ""
    reading.textContent = content.text
    const size = FONT_SIZES.find(([most]) => content.text.length <= most)[1]
    reading.style.fontSize = `calc(${size}rem * var(--growth))`
    // Tests and screenshots wait for the server's answer.
    reading.dataset.testid = source === "server" ? "inkling-answer" : "inkling-live"
    verdict.textContent = content.verdict
    this.parts.source.textContent =
      source === "live" ? "Live, in your browser" : source ? `Read by ${content.title}` : ""
    if (content.glyph) {
      paintGlyph(glyph, content.glyph)
      const label = content.explained ?? content.text
      glyph.setAttribute("aria-label", `The drawing, shrunk to 28 by 28 pixels, read as ${label}`)
    }
    this.showBars(content)
  }

  showBars({ probabilities, labels = this.labels, isDigit, isSure, alt }) {
    const { bars } = this.parts
    if (bars.childElementCount !== labels.length) bars.replaceChildren(...labels.map(emptyBar))
    // Of what is no digit, no label is the answer.
    const best = probabilities && isDigit ? Math.max(...probabilities) : 2
    labels.forEach((label, place) => {
      const probability = probabilities?.[place] ?? 0
      const bar = bars.children[place]
      bar.classList.toggle("best", probability === best)
      bar.classList.toggle("unsure", probability === best && !isSure)
      bar.querySelector(".fill").style.transform = `scaleX(${probability.toFixed(4)})`
      const percent = `${Math.min(99, Math.round(100 * probability))} %`
      bar.querySelector(".percent").textContent = probability >= MIN_SHOWN ? percent : ""
    })
    bars.classList.toggle("empty", !probabilities)
    bars.setAttribute("aria-label", alt ?? "The probability of each label, updated as you draw.")
  }
}

const isSameBox = (box, other) => Boolean(other) && box.every((value, place) => value === other[place])

function emptyBar(label) {
  const bar = document.createElement("div")
  bar.className = "bar"
  for (const name of ["label", "track", "percent"]) {
    const part = bar.appendChild(document.createElement("div"))
    part.className = name
    if (name === "track") part.appendChild(document.createElement("div")).className = "fill"
    if (name === "label") part.textContent = label
  }
  return bar
}

/** Paint 784 values as dark ink on tinted paper, one pixel each; CSS enlarges the canvas. */
function paintGlyph(canvas, values) {
  const context = canvas.getContext("2d")
  const picture = context.createImageData(GLYPH_SIZE, GLYPH_SIZE)
  for (let i = 0; i < values.length; i += 1) {
    const share = values[i] / 255
    for (let channel = 0; channel < 3; channel += 1) {
      const [paper, pen] = [PAPER[channel], PEN[channel]]
      picture.data[4 * i + channel] = Math.round(paper + (pen - paper) * share)
    }
    picture.data[4 * i + 3] = 255
  }
  context.putImageData(picture, 0, 0)
}
