import { openModelFolder } from '../../engine/checkpoint/model-folder.ts'
import type { RawPicture } from '../../engine/contract/records.ts'
import { cpuTarget, lower } from '../../engine/graph/lower/lower.ts'
import { toTensor } from '../../engine/image/pixels.ts'
import { resize } from '../../engine/image/resize.ts'
import { segmenterGraph } from '../../engine/networks/segmenter/segmenter.ts'
import { createSession } from '../../engine/runtime/session.ts'

/** Says which object is at each pixel, by the bundled segmenter: a measuring tool, never a reward. */
export interface ObjectJudge {
  readonly classes: readonly string[]
  /** Class of each pixel of the segmenter's own size, row by row. */
  readonly classesOf: (picture: RawPicture) => Promise<Uint8Array>
  /** Side of that size. */
  readonly side: number
  readonly close: () => Promise<void>
}

export const openObjectJudge = async (modelFolder: string): Promise<ObjectJudge> => {
  const { segmenter } = await openModelFolder(modelFolder)
  if (segmenter === null) throw new RangeError(`${modelFolder} has no segmenter`)
  const { config, weights } = segmenter
  const side = config.sample_size
  const session = await createSession(lower(cpuTarget)(segmenterGraph(weights, config)))
  return {
    classes: config.classes,
    side,
    classesOf: async (picture) => {
      const sized = resize(toTensor(picture), { width: side, height: side }, 'bilinear')
      const { logits } = await session.run({ picture: sized })
      const [, , height = 1, width = 1] = logits?.shape ?? []
      const small = largestClass(logits?.data ?? new Float32Array(0), config.classes.length, height * width)
      return Uint8Array.from({ length: side * side }, (_, i) => {
        const [row, column] = [Math.floor(i / side), i % side]
        return small[Math.floor((row * height) / side) * width + Math.floor((column * width) / side)] ?? 0
      })
    },
    close: () => session.release(),
  }
}

const largestClass = (logits: Float32Array, classes: number, area: number): Uint8Array =>
  Uint8Array.from({ length: area }, (_, position) => {
    let best = 0
    for (let k = 1; k < classes; k += 1) {
      if ((logits[k * area + position] ?? 0) > (logits[best * area + position] ?? 0)) best = k
    }
    return best
  })

/** Intersection over union of two masks of one size; 0 when both are empty. */
export const intersectionOverUnion = (a: (i: number) => boolean, b: (i: number) => boolean, length: number): number => {
  let both = 0
  let either = 0
  for (let i = 0; i < length; i += 1) {
    if (a(i) && b(i)) both += 1
    if (a(i) || b(i)) either += 1
  }
  return either === 0 ? 0 : both / either
}
