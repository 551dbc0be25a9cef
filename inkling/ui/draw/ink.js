// A canvas to ink, pixel for pixel as inkling/imaging/ink.py does it (checked by
// tests/browser/test_live.py). Comes first, in one module with the files that use it.
//
// Ink is {values, width, height}: a Uint8Array, row by row, 0 paper and 255 pen.

// Ink levels of 255: from BOX_LEVEL a pixel belongs to a box, from PEN_LEVEL to a stroke. A picture
// in which nothing reaches BLANK_LEVEL is blank.
const BOX_LEVEL = 64
const PEN_LEVEL = 128
const BLANK_LEVEL = 24
// Where more than this part of a canvas differs strongly from its border, the border is ink.
const MAX_INK = 0.6

/** Round to the nearest integer, halves to the even one, as numpy and OpenCV do. */
function rounded(value) {
  const low = Math.floor(value)
  const rest = value - low
  if (rest === 0.5) return low + (low & 1)
  return rest < 0.5 ? low : low + 1
}

/** The median of the `total` values that a histogram counts. */
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

/** The median colour of the border, or of the whole picture: [red, green, blue]. */
function paperColour(rgba, width, height, isBorder) {
  return [0, 1, 2].map((channel) => {
    const counts = new Uint32Array(256)
    const count = (x, y) => (counts[rgba[4 * (y * width + x) + channel]] += 1)
    if (!isBorder) {
      for (let i = channel; i < rgba.length; i += 4) counts[rgba[i]] += 1
      return median(counts, width * height)
    }
    for (let x = 0; x < width; x += 1) count(x, 0), count(x, height - 1)
    for (let y = 0; y < height; y += 1) count(0, y), count(width - 1, y)
    return median(counts, 2 * (width + height))
  })
}

/** Each pixel's distance from a colour, in the channel where it differs most. */
function distances(rgba, width, height, [red, green, blue]) {
  const values = new Uint8Array(width * height)
  const packed = new Uint32Array(rgba.buffer, rgba.byteOffset, values.length)
  const paper = new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0]
  let strongCount = 0
  for (let i = 0, place = 0; i < values.length; i += 1, place += 4) {
    if (packed[i] === paper) continue // true of most pixels
    const r = Math.abs(rgba[place] - red)
    const g = Math.abs(rgba[place + 1] - green)
    const b = Math.abs(rgba[place + 2] - blue)
    const furthest = r > g ? (r > b ? r : b) : g > b ? g : b
    if (furthest >= PEN_LEVEL) strongCount += 1
    values[i] = furthest
  }
  return { values, strongCount }
}

/** Scale the values in place so that the strongest is 255; all 0 when the picture is blank. */
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

/** The ink of an opaque canvas, given its pixels: RGBA, row by row. */
export function fromCanvas(rgba, width, height) {
  let found = distances(rgba, width, height, paperColour(rgba, width, height, true))
  if (found.strongCount > MAX_INK * width * height) {
    // With ink along most of the border, the most common colour inside is the paper.
    found = distances(rgba, width, height, paperColour(rgba, width, height, false))
  }
  return { values: stretch(found.values), width, height }
}

/** The box [x, y, width, height] of all values from `level` up; null when there are none. */
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
