import { writeLora } from '../../../engine/checkpoint/lora/write-lora.ts'
import { loraNames, type LoraTarget } from '../../../engine/checkpoint/lora/lora-targets.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { ndArray, sizeOf, type NdArray, type Shape } from '../../../engine/tensor/nd-array.ts'

interface MadeLora {
  readonly modelPath: string
  /** Which layers it changes. */
  readonly wants: (target: LoraTarget) => boolean
  readonly rank?: number
}

/** Writes a kohya LoRA of small numbers for a model: strong enough to see, weak enough to stay finite. */
export const makeLora = async (path: string, { modelPath, wants, rank = 4 }: MadeLora): Promise<void> => {
  const targets = [...new Set(loraNames(await openModel(modelPath)).values())].filter(wants)
  const layers = targets.map((target, i) => {
    const [out = 1, into = 1, ...kernel] = target.shape
    return {
      ...target,
      rank,
      alpha: rank,
      down: waves([rank, into, ...kernel], i),
      up: waves([out, rank, ...kernel.map(() => 1)], i + 0.5),
    }
  })
  await writeLora(path, { layers, hasTwoTextEncoders: false, metadata: {}, precision: 'float32' })
}

const waves = (shape: Shape, phase: number): NdArray =>
  ndArray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.1 * Math.sin(1.7 * i + phase)),
  )
