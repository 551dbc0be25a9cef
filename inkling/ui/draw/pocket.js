// The pocket network in the browser: loads model/pocket/weights.bin (its layout is described in
// inkling/training/export/javascript.py) and predicts glyphs.
//
//   const network = loadNetwork(arrayBuffer)
//   const probabilities = predict(network, glyph) // glyph: 784 numbers, ink 0..255, row by row
//
// A picture is {values, height, width, depth}; values are in the order (row, column, channel).

const MAGIC = "INKLING1"

/** Decode a half-precision float from its bits. */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Parse a weights file; throws an Error if it is not one. */
export function loadNetwork(buffer) {
  const bytes = new Uint8Array(buffer)
  const magic = String.fromCharCode(...bytes.subarray(0, 8))
  if (magic !== MAGIC) throw new Error("not an Inkling weights file")
  const view = new DataView(buffer)
  const length = view.getUint32(8, true)
  const text = new TextDecoder().decode(bytes.subarray(12, 12 + length))
  const network = JSON.parse(text)
  let place = 12 + length
  const take = (count) => {
    const values = new Float32Array(count)
    for (let i = 0; i < count; i += 1, place += 2) values[i] = half(view.getUint16(place, true))
    return values
  }
  for (const layer of network.layers) {
    if (layer.type === "conv") {
      layer.kernel = take(layer.size * layer.size * layer.inputs * layer.filters)
      layer.bias = take(layer.filters)
    } else if (layer.type === "dense") {
      layer.kernel = take(layer.inputs * layer.outputs)
      layer.bias = take(layer.outputs)
    }
  }
  return network
}

function conv({ values, height, width, depth }, { size, filters, kernel, bias, relu }) {
  const rows = height - size + 1
  const columns = width - size + 1
  const out = new Float32Array(rows * columns * filters)
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const cell = (y * columns + x) * filters
      out.set(bias, cell)
      for (let dy = 0; dy < size; dy += 1) {
        // A row of the kernel covers consecutive values: (column, channel).
        let source = ((y + dy) * width + x) * depth
        let weight = dy * size * depth * filters
        for (let i = 0; i < size * depth; i += 1, source += 1) {
          const value = values[source]
          if (value === 0) {
            weight += filters // true of most: paper, and cells that ReLU has set to 0
            continue
          }
          for (let f = cell; f < cell + filters; f += 1, weight += 1) out[f] += value * kernel[weight]
        }
      }
    }
  }
  if (relu) for (let i = 0; i < out.length; i += 1) if (out[i] < 0) out[i] = 0
  return { values: out, height: rows, width: columns, depth: filters }
}

function maxpool({ values, height, width, depth }, { size }) {
  const rows = Math.floor(height / size)
  const columns = Math.floor(width / size)
  const out = new Float32Array(rows * columns * depth).fill(-Infinity)
  for (let y = 0; y < rows * size; y += 1) {
    for (let x = 0; x < columns * size; x += 1) {
      const source = (y * width + x) * depth
      const target = (Math.floor(y / size) * columns + Math.floor(x / size)) * depth
      for (let c = 0; c < depth; c += 1) {
        if (values[source + c] > out[target + c]) out[target + c] = values[source + c]
      }
    }
  }
  return { values: out, height: rows, width: columns, depth }
}

function dense({ values }, { outputs, kernel, bias, activation }) {
  const out = Float32Array.from(bias)
  for (let i = 0, weight = 0; i < values.length; i += 1) {
    for (let f = 0; f < outputs; f += 1, weight += 1) out[f] += values[i] * kernel[weight]
  }
  if (activation === "relu") for (let f = 0; f < outputs; f += 1) out[f] = Math.max(0, out[f])
  if (activation === "softmax") softmax(out)
  return { values: out, height: 1, width: 1, depth: outputs }
}

function softmax(values) {
  const top = Math.max(...values)
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i] = Math.exp(values[i] - top)
  for (let i = 0; i < values.length; i += 1) values[i] /= sum
}

const LAYERS = { conv, maxpool, dense }

/** The probability of each of `network.labels`, as a Float32Array. */
export function predict(network, glyph) {
  const [height, width, depth] = network.input
  let picture = { values: Float32Array.from(glyph, (ink) => ink / 255), height, width, depth }
  for (const layer of network.layers) picture = LAYERS[layer.type](picture, layer)
  return picture.values
}
