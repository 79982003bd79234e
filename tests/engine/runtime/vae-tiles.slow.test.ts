import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import type { RawPicture } from '../../../engine/contract/records.ts'
import type { Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { psnr } from '../../../engine/image/compare.ts'
import { toPixels, toTensor } from '../../../engine/image/pixels.ts'
import { decodePicture } from '../../../engine/image-codec/decode-picture.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../engine/networks/vae/vae-graphs.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

const side = 1024
const files = await openModel(starterModelPath())
const { vae } = files
const machine = openMachine(files)

/** Eight pictures of the bundled model side by side, again and again: 1024 x 1024. */
const mosaic = async (): Promise<NdArray> => {
  const picture: RawPicture = { width: side, height: side, channels: 3, data: new Uint8Array(3 * side * side) }
  for (let place = 0; place < 64; place += 1) {
    const file = join(starterModelPath(), 'expected', `${place % 8}.png`)
    const { width, height, data } = await decodePicture(await readFile(file), 'rgb')
    const [left, top] = [(place % 8) * width, Math.floor(place / 8) * height]
    for (let y = 0; y < height; y += 1)
      picture.data.set(data.subarray(3 * y * width, 3 * (y + 1) * width), 3 * ((top + y) * side + left))
  }
  return toTensor(picture)
}

/** One run of the network over the whole picture. */
const runWhole = async (
  graph: Graph,
  feeds: Readonly<Record<string, NdArray>>,
): Promise<Readonly<Record<string, NdArray>>> => {
  const session = await createSession(lower(cpuTarget)(graph), { arena: false })
  const outputs = await session.run(feeds)
  await session.release()
  return outputs
}

const decodeWhole = async ({ shape, data }: NdArray): Promise<NdArray> => {
  const { scaling_factor: factor, shift_factor: shift } = vae.config
  const latents = { shape, data: data.map((value) => value / factor + shift) }
  const { picture } = await runWhole(vaeDecoderGraph(vae.weights, vae.config, { batch: 1, height: side, width: side }), { latents }) // prettier-ignore
  return picture ?? latents
}

const encodeWhole = async (picture: NdArray): Promise<NdArray> => {
  const { scaling_factor: factor, shift_factor: shift } = vae.config
  const { mean } = await runWhole(vaeEncoderGraph(vae.weights, vae.config, { batch: 1, height: side, width: side }), { picture }) // prettier-ignore
  return mean === undefined ? picture : { shape: mean.shape, data: mean.data.map((value) => (value - shift) * factor) }
}

/** Root of the mean squared difference of neighbouring rows, of the difference of two pictures, at one row. */
const stepAt = (a: RawPicture, b: RawPicture, row: number): number => {
  const width = 3 * side
  let sum = 0
  for (let i = 0; i < width; i += 1) {
    const at = (y: number): number => (a.data[y * width + i] ?? 0) - (b.data[y * width + i] ?? 0)
    sum += (at(row) - at(row - 1)) ** 2
  }
  return Math.sqrt(sum / width)
}

describe('pictures above 768 px', { timeout: 180_000 }, () => {
  it('are decoded and encoded in tiles as they are whole: 35 dB and more, and no row of a seam stands out', async () => {
    const picture = await mosaic()
    const latents = await encodeWhole(picture)
    const whole = toPixels(await decodeWhole(latents))
    const tiled = toPixels(await machine.decodeLatents(latents))
    expect(psnr(tiled, whole)).toBeGreaterThanOrEqual(35)
    expect(psnr(toPixels(await decodeWhole(await machine.encodeImage(picture))), whole)).toBeGreaterThanOrEqual(35)
    // Tiles of 576 px fade over rows 448 to 576: where they begin and end, nothing jumps.
    const steps = Array.from({ length: side - 1 }, (_, i) => stepAt(tiled, whole, i + 1))
    const usual = steps.toSorted((a, b) => a - b)[Math.floor(0.99 * steps.length)] ?? 0
    for (const seam of [448, 576]) expect(steps[seam - 1]).toBeLessThanOrEqual(Math.max(1, usual))
    await machine.close()
  })
})
