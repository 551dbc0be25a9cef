// A canvas to ink and ink to glyphs, as inkling/ink.py does it, to the pixel (tests/test_live.py).
//
// Ink is {values, width, height}: a Uint8Array, row by row, 0 paper and 255 pen.

const GLYPH = 28
const BOX = 20
const BOX_LEVEL = 64
const BLANK_LEVEL = 24
const PEN_LEVEL = 128
const CENTRE = 14
const MIN_STROKE = 1.5
const DOT_STROKES = 1.8
// OpenCV's steps of a distance, in 65,536ths of a pixel: straight, and across a corner.
const STRAIGHT = 62587
const DIAGONAL = 89738

/** To the nearest whole number, halves to the even one, as numpy and OpenCV round. */
function rounded(value) {
  const low = Math.floor(value)
  const rest = value - low
  if (rest === 0.5) return low + (low & 1)
  return rest < 0.5 ? low : low + 1
}

/** The middle of a histogram's values. */
function median(counts, total) {
  const at = (rank) => {
    let seen = 0
    for (let level = 0; level < counts.length; level += 1) {
      seen += counts[level]
      if (seen > rank) return level
    }
    return counts.length - 1
  }
  return rounded((at((total - 1) >> 1) + at(total >> 1)) / 2)
}

/** The colour at most of the border, or inside: [red, green, blue]. */
function paperColour(rgba, width, height, inside) {
  return [0, 1, 2].map((channel) => {
    const counts = new Uint32Array(256)
    const count = (x, y) => (counts[rgba[4 * (y * width + x) + channel]] += 1)
    if (inside) {
      for (let i = channel; i < rgba.length; i += 4) counts[rgba[i]] += 1
      return median(counts, width * height)
    }
    for (let x = 0; x < width; x += 1) count(x, 0), count(x, height - 1)
    for (let y = 0; y < height; y += 1) count(0, y), count(width - 1, y)
    return median(counts, 2 * (width + height))
  })
}

/** How far each pixel is from a colour in the channel where it is furthest. */
function distances(rgba, width, height, [red, green, blue]) {
  const values = new Uint8Array(width * height)
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, values.length)
  const paper = new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0]
  let strong = 0
  for (let i = 0, place = 0; i < values.length; i += 1, place += 4) {
    if (words[i] === paper) continue // most of them
    const r = Math.abs(rgba[place] - red)
    const g = Math.abs(rgba[place + 1] - green)
    const b = Math.abs(rgba[place + 2] - blue)
    const furthest = r > g ? (r > b ? r : b) : g > b ? g : b
    if (furthest > 127) strong += 1
    values[i] = furthest
  }
  return { values, strong }
}

/** Scale so that the strongest pen is 255; all paper when there is none. Changes the values. */
function stretch(values) {
  let top = 0
  for (let i = 0; i < values.length; i += 1) if (values[i] > top) top = values[i]
  if (top < BLANK_LEVEL) return values.fill(0)
  if (top === 255) return values
  const factor = Math.fround(255 / top)
  const levels = Uint8Array.from({ length: 256 }, (_, v) => rounded(Math.fround(v * factor)))
  for (let i = 0; i < values.length; i += 1) values[i] = levels[values[i]]
  return values
}

/** An opaque canvas' pixels (RGBA, row by row) as ink. */
export function fromCanvas(rgba, width, height) {
  let found = distances(rgba, width, height, paperColour(rgba, width, height, false))
  if (found.strong > 0.6 * width * height) {
    // Ink along most of the border: then the majority inside is the paper.
    found = distances(rgba, width, height, paperColour(rgba, width, height, true))
  }
  return { values: stretch(found.values), width, height }
}

/** The mean width of the strokes inside a box, in pixels. */
function strokeWidth(ink, [left, top, width, height]) {
  const across = width + 2
  const far = 1 << 29
  const near = new Int32Array(across * (height + 2))
  for (let y = 0; y < height; y += 1) {
    const source = (top + y) * ink.width + left
    const target = (y + 1) * across + 1
    for (let x = 0; x < width; x += 1) {
      if (ink.values[source + x] >= PEN_LEVEL) near[target + x] = far
    }
  }
  // There and back again: the shortest way to paper over neighbours already passed.
  let count = 0
  let sum = 0
  for (let i = across + 1; i < near.length - across - 1; i += 1) {
    if (near[i] === 0) continue
    const edge = Math.min(near[i - across], near[i - 1]) + STRAIGHT
    const corner = Math.min(near[i - across - 1], near[i - across + 1]) + DIAGONAL
    near[i] = Math.min(edge, corner)
  }
  for (let i = near.length - across - 2; i > across; i -= 1) {
    if (near[i] === 0) continue
    const edge = Math.min(near[i + across], near[i + 1]) + STRAIGHT
    const corner = Math.min(near[i + across + 1], near[i + across - 1]) + DIAGONAL
    near[i] = Math.min(near[i], edge, corner)
    count += 1
    sum += near[i]
  }
  return count ? Math.max(1, (4 * sum) / count / 65536 - 2) : 0
}

/** [x, y, width, height] of what is at least `level`; null when nothing is. */
function boundingBox({ values, width, height }, level = BOX_LEVEL) {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      if (values[i] < level) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return right < 0 ? null : [left, top, right - left + 1, bottom - top + 1]
}

/** The strongest ink under a disk of radius `reach`, at every place. */
function thicken({ values, width, height }, reach) {
  const out = new Uint8Array(values.length)
  const spans = []
  for (let dy = -reach; dy <= reach; dy += 1) {
    spans.push(rounded(reach * Math.sqrt((reach * reach - dy * dy) / (reach * reach))))
  }
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      const value = values[i]
      if (value === 0) continue
      for (let dy = Math.max(-reach, -y); dy <= reach && y + dy < height; dy += 1) {
        const span = spans[dy + reach]
        const row = (y + dy) * width
        const end = Math.min(width - 1, x + span)
        for (let k = Math.max(0, x - span); k <= end; k += 1) {
          if (out[row + k] < value) out[row + k] = value
        }
      }
    }
  }
  return { values: out, width, height }
}

/** A box's ink with `margin` pixels around it, paper where that is beyond the picture. */
function cropped(ink, [x, y, width, height], margin) {
  const out = { values: null, width: width + 2 * margin, height: height + 2 * margin }
  out.values = new Uint8Array(out.width * out.height)
  const from = Math.max(0, x - margin)
  const to = Math.min(ink.width, x + width + margin)
  for (let row = 0; row < out.height; row += 1) {
    const source = y - margin + row
    if (source < 0 || source >= ink.height) continue
    const part = ink.values.subarray(source * ink.width + from, source * ink.width + to)
    out.values.set(part, row * out.width + from - (x - margin))
  }
  return out
}

// Which source places each target place averages, and how much each weighs: place k's are the
// entries from starts[k] to starts[k + 1] of `places` and `weights`.
function sharesOf(target, partsOf) {
  const starts = new Int32Array(target + 1)
  const places = []
  const weights = []
  for (let k = 0; k < target; k += 1) {
    for (const [place, weight] of partsOf(k)) {
      places.push(place)
      weights.push(weight)
    }
    starts[k + 1] = places.length
  }
  return { starts, places: Int32Array.from(places), weights: Float32Array.from(weights) }
}

/** By the part of each source place that a target place covers. */
function areaShares(source, target) {
  const scale = 1 / (target / source)
  return sharesOf(target, (k) => {
    const from = k * scale
    const to = from + scale
    const cell = Math.min(scale, source - from)
    const end = Math.min(Math.floor(to), source - 1)
    const start = Math.min(Math.ceil(from), end)
    const parts = []
    if (start - from > 1e-3) parts.push([start - 1, (start - from) / cell])
    for (let i = start; i < end; i += 1) parts.push([i, 1 / cell])
    if (to - end > 1e-3) parts.push([end, Math.min(to - end, 1, cell) / cell])
    return parts
  })
}

/** By the two source places a target place lies between. */
function linearShares(source, target) {
  const scale = 1 / (target / source)
  return sharesOf(target, (k) => {
    const at = Math.min(Math.max((k + 0.5) * scale - 0.5, 0), source - 1)
    const low = Math.floor(at)
    return at > low ? [[low, 1 - (at - low)], [low + 1, at - low]] : [[low, 1]]
  })
}

/** Resize: by the mean of the area when it shrinks (cv2.INTER_AREA), linearly when it grows. */
function resized({ values, width, height }, toWidth, toHeight, shrinks) {
  const shares = shrinks ? areaShares : linearShares
  const columns = shares(width, toWidth)
  const rows = shares(height, toHeight)
  const half = new Float32Array(height * toWidth)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < toWidth; x += 1) {
      let sum = 0
      for (let k = columns.starts[x]; k < columns.starts[x + 1]; k += 1) {
        sum += values[y * width + columns.places[k]] * columns.weights[k]
      }
      half[y * toWidth + x] = sum
    }
  }
  const out = new Uint8Array(toWidth * toHeight)
  for (let y = 0; y < toHeight; y += 1) {
    for (let x = 0; x < toWidth; x += 1) {
      let sum = 0
      for (let k = rows.starts[y]; k < rows.starts[y + 1]; k += 1) {
        sum += half[rows.places[k] * toWidth + x] * rows.weights[k]
      }
      out[y * toWidth + x] = rounded(Math.fround(sum))
    }
  }
  return { values: out, width: toWidth, height: toHeight }
}

/** A patch on 28x28 with its centre of mass at the centre, to the nearest pixel. */
function centred({ values, width, height }) {
  let [total, sumX, sumY] = [0, 0, 0]
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      total += values[i]
      sumX += values[i] * x
      sumY += values[i] * y
    }
  }
  const left = Math.floor(CENTRE - sumX / total + 0.5)
  const top = Math.floor(CENTRE - sumY / total + 0.5)
  const glyph = new Uint8Array(GLYPH * GLYPH)
  for (let y = Math.max(0, top); y < Math.min(GLYPH, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(GLYPH, left + width); x += 1) {
      glyph[y * GLYPH + x] = values[(y - top) * width + x - left]
    }
  }
  return glyph
}

/**
 * One character's ink in MNIST's form: {pixels, kind}, kind being "blank", "dot" or "character".
 * `size` is how many pixels the sheet it was cut from has: a dot is small on it.
 */
export function toGlyph(ink, size = ink.width * ink.height) {
  const whole = { ...ink, values: stretch(ink.values.slice()) }
  const box = boundingBox(whole)
  if (!box) return { pixels: new Uint8Array(GLYPH * GLYPH), kind: "blank" }
  const [, , width, height] = box
  const longer = Math.max(width, height)
  const scale = BOX / longer
  const stroke = strokeWidth(whole, box)
  const isDot = longer <= DOT_STROKES * stroke + 2 && width * height < size / 4
  let reach = 0
  if (stroke * scale < MIN_STROKE && scale < 0.75) {
    reach = Math.max(1, rounded((MIN_STROKE / scale - stroke) / 2))
  }
  let patch = cropped(whole, box, reach + 1)
  if (reach) patch = thicken(patch, reach)
  const factor = BOX / (longer + 2 * reach)
  if (factor !== 1) {
    const toWidth = Math.max(1, rounded(patch.width * factor))
    const toHeight = Math.max(1, rounded(patch.height * factor))
    patch = resized(patch, toWidth, toHeight, factor < 1)
    stretch(patch.values)
  }
  return { pixels: centred(patch), kind: isDot ? "dot" : "character" }
}
