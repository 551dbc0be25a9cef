// Undo, redo and clear, by the page's buttons or by key. The canvas reports a stroke a fifth of a
// second after the pen is lifted, and the server then needs its time: what is asked for before the
// server knows the stroke would be done to the drawing without it. So each waits until the page
// stands still, and for its turn. Comes before canvas.js, in one module.

const ACTIONS = ["undo", "redo", "clear"]
// From lifting the pen to the canvas' report, with some to spare; and the longest wait, in ms.
const REPORT_MS = 260
const PATIENCE_MS = 5000
// So soon after a stroke a button that is still greyed out is waited for, in ms.
const FRESH_MS = 2000

const pen = { isDown: false, lifted: -Infinity }
const waiting = []
let waiter = 0
let pushed = -Infinity

/** The page's own button for a key, where it is not meant for a field; by its Streamlit key. */
function actionOf(event) {
  if (event.composedPath().some((part) => part.matches?.("input, textarea, [contenteditable]"))) return ""
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo"
    return key === "y" ? "redo" : ""
  }
  return key === "delete" ? "clear" : ""
}

const buttonOf = (name) => document.querySelector(`.st-key-${name} button`)

function isStill() {
  const app = document.querySelector('[data-testid="stApp"]')
  const isRunning = (app?.dataset.testScriptState ?? "notRunning") !== "notRunning"
  return !(isRunning || pen.isDown || performance.now() - Math.max(pen.lifted, pushed) < REPORT_MS)
}

function work() {
  clearTimeout(waiter)
  const now = performance.now()
  while (waiting.length && waiting[0].until < now) waiting.shift()
  if (!waiting.length) return
  const { name, isFresh } = waiting[0]
  const button = buttonOf(name)
  if (isStill() && !(isFresh && button?.disabled)) {
    waiting.shift()
    // The run that follows is seen only when the server has begun it.
    pushed = performance.now()
    button?.click() // nothing happens to a disabled one
  }
  waiter = setTimeout(work, 20)
}

function ask(name) {
  const now = performance.now()
  waiting.push({ name, isFresh: pen.isDown || now - pen.lifted < FRESH_MS, until: now + PATIENCE_MS })
  work()
}

function keyed(event) {
  const name = actionOf(event)
  if (!name || !buttonOf(name)) return
  event.preventDefault()
  ask(name)
}

function clicked(event) {
  const button = event.isTrusted && event.target.closest?.("button")
  const name = button && ACTIONS.find((each) => buttonOf(each) === button)
  if (!name || (isStill() && !waiting.length)) return
  event.preventDefault()
  event.stopPropagation()
  ask(name)
}

function lifted() {
  if (pen.isDown) Object.assign(pen, { isDown: false, lifted: performance.now() })
}

function pressed(event) {
  pen.isDown = event.composedPath()[0].matches?.("canvas.upper-canvas") ?? false
}

const HEEDED = { keydown: keyed, click: clicked, pointerdown: pressed, pointerup: lifted, pointercancel: lifted }

/** Heed the keys and buttons of a page with the canvas; once more changes nothing. */
function listen() {
  for (const [kind, heed] of Object.entries(HEEDED)) document.addEventListener(kind, heed, true)
}

function listenNoMore() {
  for (const [kind, heed] of Object.entries(HEEDED)) document.removeEventListener(kind, heed, true)
}
