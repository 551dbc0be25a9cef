// Finds streamlit-drawable-canvas on the page and adapts it to ours. Its elements lie in an open
// shadow root of its own. If a later version of the canvas is built differently, nothing breaks.

/** The shadow root with the canvas elements inside a container; null while there is none. */
function canvasRoot(container) {
  for (const element of container?.querySelectorAll("*") ?? []) {
    if (element.shadowRoot?.querySelector("canvas.upper-canvas, canvas.dc-canvas")) {
      return element.shadowRoot
    }
  }
  return null
}

/**
 * On every frame, call `adapt(canvas)` with the element that is drawn on, after adding `css` to its
 * shadow root. Stops once that has happened, or after `frames` frames without a canvas.
 */
function adaptCanvas(container, frames, css, adapt) {
  const root = canvasRoot(container)
  if (root && !root.querySelector("style[data-inkling]")) {
    const style = document.createElement("style")
    style.dataset.inkling = ""
    style.textContent = css
    root.append(style)
  }
  const canvas = root?.querySelector("canvas.upper-canvas")
  if (canvas) adapt(canvas)
  else if (frames > 0) requestAnimationFrame(() => adaptCanvas(container, frames - 1, css, adapt))
}

/** Give the canvas a role and a name that screen readers can say. */
function nameCanvas(canvas, role, label) {
  canvas.setAttribute("role", role)
  canvas.setAttribute("aria-label", label)
}

/** The page's container with a Streamlit key around a component's element; null outside of it. */
function containerOf(parentElement, key) {
  return (parentElement.host ?? parentElement).closest(`.st-key-${key}`)
}
