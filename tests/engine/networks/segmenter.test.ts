import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { segmenterGraph } from '../../../engine/networks/segmenter/segmenter.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

const scenes = ['000', '023', '048', '079', '109', '132', '158', '181', '190', '199']

it('names the object at each pixel of rendered scenes', async () => {
  const { segmenter } = await openModelFolder(starterModelPath())
  if (segmenter === null) throw new RangeError('the bundled model has a segmenter')
  const session = await createSession(lower(cpuTarget)(segmenterGraph(segmenter.weights, segmenter.config)), {
    threads: 1,
  })
  let right = 0
  let objects = 0
  for (const scene of scenes) {
    const { logits } = await session.run({ picture: await readPicture(`${scene}.png`) })
    const classes = logits === undefined ? [] : classOfEach(logits)
    const mask = await sharp(join(starterModelPath(), 'scenes', `${scene}.mask.png`))
      .greyscale()
      .raw()
      .toBuffer()
    for (const [i, wanted] of mask.entries()) {
      if (wanted === 0) continue
      objects += 1
      const [row, column] = [Math.floor(i / 128) >> 1, (i % 128) >> 1]
      if (classes[row * 64 + column] === wanted) right += 1
    }
  }
  await session.release()
  expect(objects).toBeGreaterThan(10_000)
  // Its README gives 96.7 % over all 200 scenes; ten scenes scatter by a few per cent.
  expect(right / objects).toBeGreaterThan(0.93)
})

const readPicture = async (file: string): Promise<NdArray> => {
  const pixels = await sharp(join(starterModelPath(), 'scenes', file))
    .removeAlpha()
    .raw()
    .toBuffer()
  const area = 128 * 128
  const data = Float32Array.from(
    { length: 3 * area },
    (_, i) => ((pixels[3 * (i % area) + Math.floor(i / area)] ?? 0) / 255) * 2 - 1,
  )
  return { shape: [1, 3, 128, 128], data }
}

/** Index of the largest logit at each position of [1, K, h, w]. */
const classOfEach = ({ shape, data }: NdArray): number[] => {
  const [, classes = 1, height = 1, width = 1] = shape
  const area = height * width
  return Array.from({ length: area }, (_, position) => {
    let best = 0
    for (let k = 1; k < classes; k += 1) {
      if ((data[k * area + position] ?? 0) > (data[best * area + position] ?? 0)) best = k
    }
    return best
  })
}
