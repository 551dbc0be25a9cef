// Ink to digits: connected components as in inkling/layout/components.py and lines.py, and the best
// path through them as in inkling/recognition. Components are never cut, which would take too long
// for every frame: touching digits are read by the server. Comes after ink.js, glyph.js and
// pocket.js, in one module.
//
// A component is {left, top, right, bottom, ids}; right and bottom are exclusive.

// A component smaller than this part of the largest one, both ways, is a dot or a slip of the pen.
const MIN_SIZE = 0.22
// Components that share this part of the narrower one's width are one character.
const MIN_OVERLAP = 0.6
// A bar is this many times as wide as it is high.
const BAR_RATIO = 2.2
// Components in one digit, at most.
const MAX_COMPONENTS = 7
// Limits for several components in one digit, in line heights: its width, and a gap inside it.
const MAX_WIDTH = 1.5
const MAX_GAP = 0.18
// Costs in nats, like a negative log-probability: per line height of gap, of width beyond
// COMMON_WIDTH, and of height below COMMON_HEIGHT.
const GAP_COST = 10
const WIDTH_COST = 5
const COMMON_WIDTH = 0.95
const HEIGHT_COST = 5
const COMMON_HEIGHT = 0.8
// A component lower than this many line heights may be skipped, at this cost in nats.
const MAX_SKIPPED_HEIGHT = 0.4
const SKIP_COST = 1.5
// The classifier's doubt about one candidate costs at most this, in nats.
const MAX_DOUBT = 7
// Finished digits do not change while the next one is drawn: the answers to this many glyphs are
// kept.
const CACHED_GLYPHS = 64
// Components of fewer pixels than this are noise.
const MIN_AREA = 3

/**
 * Connected ink: {labels, count, components}. `labels` holds the number of each pixel's component
 * (0 is paper), `count` is above all those numbers, and each component also has its `area`.
 */
function connectedComponents(ink) {
  const { values, width } = ink
  const labels = new Int32Array(values.length)
  const parents = [0]
  const root = (label) => {
    while (parents[label] !== label) label = parents[label] = parents[parents[label]]
    return label
  }
  const [x0, y0, boxWidth, boxHeight] = boundingBox(ink) ?? [0, 0, 0, 0]
  for (let y = y0; y < y0 + boxHeight; y += 1) {
    for (let x = x0, i = y * width + x0; x < x0 + boxWidth; x += 1, i += 1) {
      if (values[i] < BOX_LEVEL) continue
      const left = x > 0 ? labels[i - 1] : 0
      const above = y > 0 ? labels[i - width] : 0
      const corner = y > 0 && x > 0 ? labels[i - width - 1] : 0
      const right = y > 0 && x < width - 1 ? labels[i - width + 1] : 0
      let label = above || left || corner || right
      if (!label) parents.push((label = parents.length))
      labels[i] = label
      // The pixel above already connects the three others, and left and corner touch each other.
      if (!above && right && label !== right) {
        const [one, other] = [root(label), root(right)]
        parents[Math.max(one, other)] = Math.min(one, other)
      }
    }
  }
  const roots = Int32Array.from(parents, (_, label) => root(label))
  const components = []
  const numbers = new Int32Array(parents.length)
  for (let y = y0; y < y0 + boxHeight; y += 1) {
    for (let x = x0, i = y * width + x0; x < x0 + boxWidth; x += 1, i += 1) {
      if (labels[i] === 0) continue
      const label = (labels[i] = roots[labels[i]])
      if (!numbers[label]) {
        numbers[label] = components.push({ left: x, top: y, right: x, bottom: y, area: 0, ids: [label] })
      }
      const component = components[numbers[label] - 1]
      if (x < component.left) component.left = x
      if (x >= component.right) component.right = x + 1
      component.bottom = y + 1
      component.area += 1
    }
  }
  return { labels, count: parents.length, components: components.filter(({ area }) => area >= MIN_AREA) }
}

const widthOf = ({ left, right }) => right - left
const heightOf = ({ top, bottom }) => bottom - top
const sizeOf = (component) => Math.max(widthOf(component), heightOf(component))
const isBar = (component) => widthOf(component) > BAR_RATIO * heightOf(component)

/** Whether two components lie above or inside each other, so that they are one character. */
function belongTogether(one, other) {
  const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  if (shared < MIN_OVERLAP * Math.min(widthOf(one), widthOf(other))) return false
  // Two bars are an equals sign.
  return !(isBar(one) && isBar(other))
}

function union(components) {
  return {
    left: Math.min(...components.map(({ left }) => left)),
    top: Math.min(...components.map(({ top }) => top)),
    right: Math.max(...components.map(({ right }) => right)),
    bottom: Math.max(...components.map(({ bottom }) => bottom)),
    ids: components.flatMap(({ ids }) => ids),
  }
}

/** Merge components that belong together; the result runs from left to right. */
function merged(components) {
  const todo = components.toSorted((one, other) => one.left - other.left)
  for (let first = 0; first < todo.length; first += 1) {
    for (let second = first + 1; second < todo.length; second += 1) {
      if (todo[second].left >= todo[first].right) break
      if (!belongTogether(todo[first], todo[second])) continue
      todo[first] = union([todo[first], todo[second]])
      todo.splice(second, 1)
      // The larger component may now overlap others: start again.
      first = -1
      break
    }
  }
  return todo
}

/** The ink of a component without its neighbours', as the arguments of `toGlyph`: [ink, size]. */
function cutOut(ink, { labels, count }, component) {
  const margin = 1 // for the soft rim of the strokes, in pixels
  const [width, height] = [widthOf(component) + 2 * margin, heightOf(component) + 2 * margin]
  const own = new Uint8Array(count)
  for (const id of component.ids) own[id] = 1
  const isNear = (x, y) => {
    for (let v = Math.max(0, y - 1); v <= Math.min(ink.height - 1, y + 1); v += 1) {
      for (let u = Math.max(0, x - 1); u <= Math.min(ink.width - 1, x + 1); u += 1) {
        if (own[labels[v * ink.width + u]]) return true
      }
    }
    return false
  }
  const values = new Uint8Array(width * height)
  const [left, top] = [component.left - margin, component.top - margin]
  for (let y = Math.max(0, top); y < Math.min(ink.height, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(ink.width, left + width); x += 1) {
      const place = y * ink.width + x
      const value = ink.values[place]
      if (value === 0) continue
      const label = labels[place]
      if (label ? own[label] : isNear(x, y)) values[(y - top) * width + x - left] = value
    }
  }
  const pad = (sizeOf(component) >> 1) + 2
  return [
    { values, width, height },
    (widthOf(component) + 2 * pad) * (heightOf(component) + 2 * pad),
  ]
}

/** The widest gap between neighbouring components, in pixels. */
function widestGap(run) {
  let reach = run[0].right
  let gap = 0
  for (const component of run.slice(1)) {
    gap = Math.max(gap, component.left - reach)
    reach = Math.max(reach, component.right)
  }
  return gap
}

/**
 * Runs of components that may be one digit: {first, last, component, cost, canSkip}. `last` is
 * exclusive, `component` is their union, and one that `canSkip` may be left out as no digit.
 */
function candidates(components) {
  const heights = components.map(heightOf).sort((one, other) => one - other)
  const lineHeight = heights[Math.ceil(0.75 * (heights.length - 1))]
  const found = []
  for (let first = 0; first < components.length; first += 1) {
    const end = Math.min(first + MAX_COMPONENTS, components.length)
    for (let last = first + 1; last <= end; last += 1) {
      const run = components.slice(first, last)
      const component = union(run)
      const gap = widestGap(run)
      const isTooWide = widthOf(component) > MAX_WIDTH * lineHeight || gap > MAX_GAP * lineHeight
      if (run.length > 1 && isTooWide) break
      let cost = run.length > 1 ? (GAP_COST * gap) / lineHeight : 0
      cost += WIDTH_COST * Math.max(0, widthOf(component) / lineHeight - COMMON_WIDTH)
      const canSkip = run.length === 1 && heightOf(component) < MAX_SKIPPED_HEIGHT * lineHeight
      if (!canSkip) cost += HEIGHT_COST * Math.max(0, COMMON_HEIGHT - heightOf(component) / lineHeight)
      found.push({ first, last, component, cost, canSkip })
    }
  }
  return found
}

/** The cheapest path through all components (Viterbi): its candidates from left to right. */
function bestPath(found, count) {
  const cost = [0, ...new Array(count).fill(Infinity)]
  const choice = new Array(count + 1)
  for (const candidate of found.toSorted((one, other) => one.last - other.last)) {
    const best = Math.max(...candidate.probabilities)
    const doubt = Math.min(-Math.log(Math.max(best, 1e-6)), MAX_DOUBT)
    const total = cost[candidate.first] + candidate.cost + (candidate.canSkip ? SKIP_COST : doubt)
    if (total >= cost[candidate.last]) continue
    cost[candidate.last] = total
    choice[candidate.last] = candidate
  }
  const path = []
  for (let place = count; place > 0; place = choice[place].first) path.unshift(choice[place])
  return path
}

/** A function from a glyph to a network's probabilities, which caches the latest answers. */
export function cachedPredict(network) {
  const cache = new Map()
  return (glyph) => {
    const key = String.fromCharCode(...glyph)
    let probabilities = cache.get(key)
    if (!probabilities) {
      if (cache.size >= CACHED_GLYPHS) cache.delete(cache.keys().next().value)
      cache.set(key, (probabilities = predict(network, glyph)))
    }
    return probabilities
  }
}

/** A glyph's prediction, as inkling/recognition/classifier.py decides it with these thresholds. */
function predictionOf({ pixels, kind }, probabilities, labels, thresholds) {
  const confidence = Math.max(...probabilities)
  const evidence = 1 - labels.length * Math.min(...probabilities)
  const isDigit = kind !== "dot" && evidence >= thresholds.digit
  const label = probabilities.indexOf(confidence)
  return {
    label: labels[label],
    probabilities,
    confidence,
    isDigit,
    isSure: isDigit && confidence >= thresholds.sure[label],
    isDot: kind === "dot",
    glyph: pixels,
  }
}

/**
 * Read a drawing: its digits from left to right, each a prediction with its `box`
 * [x, y, width, height].
 *
 * `predictGlyph` gives a glyph's probabilities (see `cachedPredict`); `thresholds` are the model's
 * {sure, digit}, the former one for each label.
 */
export function readInk(ink, predictGlyph, labels, thresholds) {
  const connected = connectedComponents(ink)
  const largest = Math.max(0, ...connected.components.map(sizeOf))
  const components = merged(connected.components.filter((each) => sizeOf(each) >= MIN_SIZE * largest))
  const found = candidates(components)
  for (const candidate of found) {
    candidate.glyph = toGlyph(...cutOut(ink, connected, candidate.component))
    candidate.probabilities = predictGlyph(candidate.glyph.pixels)
  }
  return bestPath(found, components.length)
    .filter(({ canSkip }) => !canSkip)
    .map(({ glyph, probabilities, component }) => ({
      ...predictionOf(glyph, probabilities, labels, thresholds),
      box: [component.left, component.top, widthOf(component), heightOf(component)],
    }))
}
