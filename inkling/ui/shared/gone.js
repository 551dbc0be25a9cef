// Comes before the scripts that use it, in one module.

/**
 * A component's clean-up. Streamlit also calls that of a run which a later one has overtaken, while
 * the component is still there, so it acts only once the element has left the page.
 */
function whenGone(element, act) {
  return () => setTimeout(() => element.isConnected || act())
}
