// Ink to marks and marks to digits: inkling/page.py's drawing and inkling/segment.py's best path,
// without the cuts, which cost too much for every frame: touching digits are the server's.

const SPECK = 0.22
const OVERLAP = 0.6
const FLAT = 2.2
const PIECES = 7
const WIDEST = 1.5
const GAP = 0.18
const JOIN_GAP_COST = 10
const WIDE_COST = 5
const WIDE = 0.95
const LOW_COST = 5
const LOW = 0.8
const PART = 0.4
const LOOSE_COST = 1.5
const MOST = 7
// Finished digits do not change while the next is drawn: so many answers are kept.
const REMEMBERED = 64

/**
 * Connected ink: {labels, count, marks}: which part each pixel belongs to (0 is paper), a bound for
 * those numbers, and each part's box and area.
 */
function connected(ink) {
  const { values, width } = ink
  const labels = new Int32Array(values.length)
  const parents = [0]
  const root = (label) => {
    while (parents[label] !== label) label = parents[label] = parents[parents[label]]
    return label
  }
  const [x0, y0, wide, high] = boundingBox(ink) ?? [0, 0, 0, 0]
  for (let y = y0; y < y0 + high; y += 1) {
    for (let x = x0, i = y * width + x0; x < x0 + wide; x += 1, i += 1) {
      if (values[i] < BOX_LEVEL) continue
      const left = x > 0 ? labels[i - 1] : 0
      const above = y > 0 ? labels[i - width] : 0
      const corner = y > 0 && x > 0 ? labels[i - width - 1] : 0
      const right = y > 0 && x < width - 1 ? labels[i - width + 1] : 0
      let label = above || left || corner || right
      if (!label) parents.push((label = parents.length))
      labels[i] = label
      // The pixel above touches the three others already; so do left and corner each other.
      if (!above && right && label !== right) {
        const [one, other] = [root(label), root(right)]
        parents[Math.max(one, other)] = Math.min(one, other)
      }
    }
  }
  const roots = Int32Array.from(parents, (_, label) => root(label))
  const marks = []
  const numbers = new Int32Array(parents.length)
  for (let y = y0; y < y0 + high; y += 1) {
    for (let x = x0, i = y * width + x0; x < x0 + wide; x += 1, i += 1) {
      if (labels[i] === 0) continue
      const label = (labels[i] = roots[labels[i]])
      if (!numbers[label]) {
        numbers[label] = marks.push({ left: x, top: y, right: x, bottom: y, area: 0, ids: [label] })
      }
      const mark = marks[numbers[label] - 1]
      if (x < mark.left) mark.left = x
      if (x >= mark.right) mark.right = x + 1
      mark.bottom = y + 1
      mark.area += 1
    }
  }
  return { labels, count: parents.length, marks: marks.filter((mark) => mark.area > 2) }
}

const wide = (mark) => mark.right - mark.left
const high = (mark) => mark.bottom - mark.top
const longer = (mark) => Math.max(wide(mark), high(mark))

/** Whether one lies so much above, below or inside the other that they are one character. */
function belong(one, other) {
  const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  if (shared < OVERLAP * Math.min(wide(one), wide(other))) return false
  // Two bars are an equals sign.
  return ![one, other].every((mark) => wide(mark) > FLAT * high(mark))
}

function union(marks) {
  return {
    left: Math.min(...marks.map((mark) => mark.left)),
    top: Math.min(...marks.map((mark) => mark.top)),
    right: Math.max(...marks.map((mark) => mark.right)),
    bottom: Math.max(...marks.map((mark) => mark.bottom)),
    ids: marks.flatMap((mark) => mark.ids),
  }
}

/** Joins marks above each other; from left to right. */
function joined(marks) {
  const todo = marks.toSorted((one, other) => one.left - other.left)
  for (let first = 0; first < todo.length; first += 1) {
    for (let second = first + 1; second < todo.length; second += 1) {
      if (todo[second].left >= todo[first].right) break
      if (!belong(todo[first], todo[second])) continue
      todo[first] = union([todo[first], todo[second]])
      todo.splice(second, 1)
      // What has grown may reach others.
      first = -1
      break
    }
  }
  return todo
}

/** The ink of some marks without their neighbours', as `toGlyph` takes it: [ink, size]. */
function cutOut(ink, { labels, count }, mark) {
  const margin = 1 // the soft rim of the strokes
  const [width, height] = [wide(mark) + 2 * margin, high(mark) + 2 * margin]
  const own = new Uint8Array(count)
  for (const id of mark.ids) own[id] = 1
  const isNear = (x, y) => {
    for (let v = Math.max(0, y - 1); v <= Math.min(ink.height - 1, y + 1); v += 1) {
      for (let u = Math.max(0, x - 1); u <= Math.min(ink.width - 1, x + 1); u += 1) {
        if (own[labels[v * ink.width + u]]) return true
      }
    }
    return false
  }
  const values = new Uint8Array(width * height)
  const [left, top] = [mark.left - margin, mark.top - margin]
  for (let y = Math.max(0, top); y < Math.min(ink.height, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(ink.width, left + width); x += 1) {
      const place = y * ink.width + x
      const value = ink.values[place]
      if (value === 0) continue
      const label = labels[place]
      if (label ? own[label] : isNear(x, y)) values[(y - top) * width + x - left] = value
    }
  }
  const pad = (longer(mark) >> 1) + 2
  return [{ values, width, height }, (wide(mark) + 2 * pad) * (high(mark) + 2 * pad)]
}

/** The widest bare paper between neighbours. */
function widestGap(run) {
  let reach = run[0].right
  let gap = 0
  for (const mark of run.slice(1)) {
    gap = Math.max(gap, mark.left - reach)
    reach = Math.max(reach, mark.right)
  }
  return gap
}

/** Neighbouring marks that may be one digit: {first, last, mark, cost, isLoose}. */
function candidates(marks) {
  const heights = marks.map(high).sort((one, other) => one - other)
  const height = heights[Math.ceil(0.75 * (heights.length - 1))]
  const found = []
  for (let first = 0; first < marks.length; first += 1) {
    const end = Math.min(first + PIECES, marks.length)
    for (let last = first + 1; last <= end; last += 1) {
      const run = marks.slice(first, last)
      const mark = union(run)
      const gap = widestGap(run)
      if (run.length > 1 && (wide(mark) > WIDEST * height || gap > GAP * height)) break
      let cost = run.length > 1 ? (JOIN_GAP_COST * gap) / height : 0
      cost += WIDE_COST * Math.max(0, wide(mark) / height - WIDE)
      const isLoose = run.length === 1 && high(mark) < PART * height
      if (!isLoose) cost += LOW_COST * Math.max(0, LOW - high(mark) / height)
      found.push({ first, last, mark, cost, isLoose })
    }
  }
  return found
}

/** The cheapest way through the marks (Viterbi), from left to right. */
function bestPath(found, count) {
  const cost = [0, ...new Array(count).fill(Infinity)]
  const choice = new Array(count + 1)
  for (const candidate of found.toSorted((one, other) => one.last - other.last)) {
    const best = Math.max(...candidate.probabilities)
    const doubt = candidate.isLoose ? LOOSE_COST : Math.min(-Math.log(Math.max(best, 1e-6)), MOST)
    const total = cost[candidate.first] + candidate.cost + doubt
    if (total >= cost[candidate.last]) continue
    cost[candidate.last] = total
    choice[candidate.last] = candidate
  }
  const path = []
  for (let place = count; place > 0; place = choice[place].first) path.unshift(choice[place])
  return path
}

/** A network's answers, each worked out once. */
export function remembering(network) {
  const known = new Map()
  return (glyph) => {
    const key = String.fromCharCode(...glyph)
    let probabilities = known.get(key)
    if (!probabilities) {
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value)
      known.set(key, (probabilities = answer(network, glyph)))
    }
    return probabilities
  }
}

/** What is said of one glyph, as inkling/classifier.py says it; `limits` are the report's. */
function verdict({ pixels, kind }, probabilities, labels, limits) {
  const confidence = Math.max(...probabilities)
  const evidence = 1 - labels.length * Math.min(...probabilities)
  const isDigit = kind !== "dot" && evidence >= limits.digit
  return {
    label: labels[probabilities.indexOf(confidence)],
    probabilities,
    confidence,
    isDigit,
    isSure: isDigit && confidence >= limits.sure,
    isDot: kind === "dot",
    glyph: pixels,
  }
}

/**
 * A drawing's digits from left to right, each with its `box` [x, y, width, height].
 * `ask` gives a glyph's probabilities (see `remembering`).
 */
export function readInk(ink, ask, labels, limits) {
  const sheet = connected(ink)
  const tallest = Math.max(0, ...sheet.marks.map(longer))
  // A touch of the paper beside a digit is no digit.
  const marks = joined(sheet.marks.filter((mark) => longer(mark) >= SPECK * tallest))
  const found = candidates(marks)
  for (const candidate of found) {
    candidate.glyph = toGlyph(...cutOut(ink, sheet, candidate.mark))
    candidate.probabilities = ask(candidate.glyph.pixels)
  }
  return bestPath(found, marks.length)
    .filter((candidate) => !candidate.isLoose)
    .map(({ glyph, probabilities, mark }) => ({
      ...verdict(glyph, probabilities, labels, limits),
      box: [mark.left, mark.top, wide(mark), high(mark)],
    }))
}
