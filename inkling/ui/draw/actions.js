// Undo, redo and clear, by the page's buttons or by key.
//
// The canvas reports a stroke 200 ms after the pen is lifted, and the server then needs time to
// take it over. An action before that would change the drawing without its last stroke, so actions
// are queued: each waits for its turn, and until the page is idle. Comes before canvas.js, in one
// module.

const ACTIONS = ["undo", "redo", "clear"]
// From lifting the pen to the canvas' report, with a margin, in ms.
const REPORT_MS = 260
// An action that has waited longer than this, in ms, is dropped.
const MAX_WAIT_MS = 5000
// After a stroke, a button that is still disabled is waited for, this long in ms.
const RECENT_STROKE_MS = 2000
// Between two looks at the queue, in ms.
const POLL_MS = 20

const pen = { isDown: false, liftedAt: -Infinity }
const queue = []
let timer = 0
let clickedAt = -Infinity

/** The action that a key stands for, or "" for other keys and while a field has the focus. */
function actionOf(event) {
  if (event.composedPath().some((part) => part.matches?.("input, textarea, [contenteditable]"))) return ""
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo"
    return key === "y" ? "redo" : ""
  }
  return key === "delete" ? "clear" : ""
}

const buttonOf = (action) => document.querySelector(`.st-key-${action} button`)

function isIdle() {
  const app = document.querySelector('[data-testid="stApp"]')
  const isRunning = (app?.dataset.testScriptState ?? "notRunning") !== "notRunning"
  return !(isRunning || pen.isDown || performance.now() - Math.max(pen.liftedAt, clickedAt) < REPORT_MS)
}

function processQueue() {
  clearTimeout(timer)
  const now = performance.now()
  while (queue.length && queue[0].deadline < now) queue.shift()
  if (!queue.length) return
  const { action, isAfterStroke } = queue[0]
  const button = buttonOf(action)
  if (isIdle() && !(isAfterStroke && button?.disabled)) {
    queue.shift()
    // The run that this click causes is visible only once the server has begun it.
    clickedAt = performance.now()
    button?.click() // does nothing if the button is disabled
  }
  timer = setTimeout(processQueue, POLL_MS)
}

function enqueue(action) {
  const now = performance.now()
  const isAfterStroke = pen.isDown || now - pen.liftedAt < RECENT_STROKE_MS
  queue.push({ action, isAfterStroke, deadline: now + MAX_WAIT_MS })
  processQueue()
}

function onKeyDown(event) {
  const action = actionOf(event)
  if (!action || !buttonOf(action)) return
  event.preventDefault()
  enqueue(action)
}

function onClick(event) {
  const button = event.isTrusted && event.target.closest?.("button")
  const action = button && ACTIONS.find((each) => buttonOf(each) === button)
  if (!action || (isIdle() && !queue.length)) return
  event.preventDefault()
  event.stopPropagation()
  enqueue(action)
}

function onPointerUp() {
  if (pen.isDown) Object.assign(pen, { isDown: false, liftedAt: performance.now() })
}

function onPointerDown(event) {
  pen.isDown = event.composedPath()[0].matches?.("canvas.upper-canvas") ?? false
}

/** Ask before the page is left while the server does not know of the last stroke. */
function onBeforeUnload(event) {
  const isRecent = performance.now() - pen.liftedAt < RECENT_STROKE_MS
  if (pen.isDown || (isRecent && !isIdle())) event.preventDefault()
}

const LISTENERS = {
  keydown: onKeyDown,
  click: onClick,
  pointerdown: onPointerDown,
  pointerup: onPointerUp,
  pointercancel: onPointerUp,
}

/** Listen to the page's keys and buttons. Calling it again changes nothing. */
function startListening() {
  for (const [kind, listener] of Object.entries(LISTENERS)) document.addEventListener(kind, listener, true)
  addEventListener("beforeunload", onBeforeUnload)
}

function stopListening() {
  removeEventListener("beforeunload", onBeforeUnload)
  for (const [kind, listener] of Object.entries(LISTENERS)) document.removeEventListener(kind, listener, true)
}
