// Ink to glyphs, pixel for pixel as inkling/imaging/glyph.py does it (checked by
// tests/browser/test_live.py). Comes after ink.js, in one module.

// Sides of a glyph and of the character in it, in pixels.
const GLYPH_SIZE = 28
const BOX_SIZE = 20
// A glyph's centre of mass lies here, in pixel indices.
const CENTRE = 14
// Strokes thinner than this, in glyph pixels, are thickened before they are scaled down.
const MIN_STROKE = 1.5
// Strokes are thickened only below this scale, in glyph pixels per source pixel.
const THICKENED_SCALE = 0.75
// A single touch of the pen is at most this many stroke widths wide and high, and DOT_RIM pixels
// more: its soft rim. It covers less than the part DOT_COVER of the picture.
const DOT_STROKES = 1.8
const DOT_RIM = 2
const DOT_COVER = 0.25
// OpenCV's steps of a distance transform, in 1/65536 pixel: to a side, and to a corner.
const STRAIGHT = 62587
const DIAGONAL = 89738

/** The mean width of the strokes in a box, in pixels. */
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
  // A distance transform in two passes, each over the neighbours that it has already visited.
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

/** Dilate ink with a disk of radius `reach`, in pixels. */
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

/** Crop a box with a margin, in pixels; what lies outside the picture is paper. */
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

/**
 * Resampling weights along one axis: target pixel k is the sum of the source pixels in `places`
 * times `weights`, from entry starts[k] to starts[k + 1].
 */
function resamplingWeights(target, partsOf) {
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

/** Area resampling: each source pixel counts by the part of it that the target pixel covers. */
function areaWeights(source, target) {
  const scale = 1 / (target / source)
  return resamplingWeights(target, (k) => {
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

/** Linear resampling between the two nearest source pixels. */
function linearWeights(source, target) {
  const scale = 1 / (target / source)
  return resamplingWeights(target, (k) => {
    const at = Math.min(Math.max((k + 0.5) * scale - 0.5, 0), source - 1)
    const low = Math.floor(at)
    return at > low ? [[low, 1 - (at - low)], [low + 1, at - low]] : [[low, 1]]
  })
}

/** Resize as OpenCV does: INTER_AREA when it shrinks, INTER_LINEAR when it grows. */
function resized({ values, width, height }, toWidth, toHeight, shrinks) {
  const axisWeights = shrinks ? areaWeights : linearWeights
  const columns = axisWeights(width, toWidth)
  const rows = axisWeights(height, toHeight)
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

/** Place a patch on 28x28 pixels, its centre of mass at the centre to the nearest pixel. */
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
  const glyph = new Uint8Array(GLYPH_SIZE * GLYPH_SIZE)
  for (let y = Math.max(0, top); y < Math.min(GLYPH_SIZE, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(GLYPH_SIZE, left + width); x += 1) {
      glyph[y * GLYPH_SIZE + x] = values[(y - top) * width + x - left]
    }
  }
  return glyph
}

/**
 * Normalise one character's ink as MNIST does: {pixels, kind}, kind being "blank", "dot" or
 * "character". `size` counts the pixels of the picture it was cut from: a dot covers few of them.
 */
export function toGlyph(ink, size = ink.width * ink.height) {
  const whole = { ...ink, values: stretch(ink.values.slice()) }
  const box = boundingBox(whole)
  if (!box) return { pixels: new Uint8Array(GLYPH_SIZE * GLYPH_SIZE), kind: "blank" }
  const [, , width, height] = box
  const longer = Math.max(width, height)
  const scale = BOX_SIZE / longer
  const stroke = strokeWidth(whole, box)
  const isDot = longer <= DOT_STROKES * stroke + DOT_RIM && width * height < DOT_COVER * size
  let reach = 0
  if (stroke * scale < MIN_STROKE && scale < THICKENED_SCALE) {
    reach = Math.max(1, rounded((MIN_STROKE / scale - stroke) / 2))
  }
  let patch = cropped(whole, box, reach + 1)
  if (reach) patch = thicken(patch, reach)
  const factor = BOX_SIZE / (longer + 2 * reach)
  if (factor !== 1) {
    const toWidth = Math.max(1, rounded(patch.width * factor))
    const toHeight = Math.max(1, rounded(patch.height * factor))
    patch = resized(patch, toWidth, toHeight, factor < 1)
    stretch(patch.values)
  }
  return { pixels: centred(patch), kind: isDot ? "dot" : "character" }
}
