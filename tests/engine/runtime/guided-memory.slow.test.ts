import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import type { Attended, AttendCall } from '../../../engine/machine/machine.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import type { SessionMemory } from '../../../engine/runtime/session-maker.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { uniform } from '../autodiff/gradient-graph.ts'

const fixed = (bytes: number) => ({ availableBytes: () => bytes, wholeBytes: () => bytes })

describe('the gradient of painted regions', () => {
  const half: AttendCall['guide'] = {
    regions: [
      {
        coverage: (height, width) => ({
          shape: [height, width],
          data: Float32Array.from({ length: height * width }, (_, i) => (i % width < width / 2 ? 1 : 0)),
        }),
        tokens: [2],
        strength: 1,
      },
    ],
  }

  /** One guided look of the bundled model at 256 px. */
  const look = async (availableBytes: number): Promise<{ seen: Attended; memory: SessionMemory | undefined }> => {
    let memory: SessionMemory | undefined
    const files = await openModel(starterModelPath())
    const budget = fixed(availableBytes)
    const machine = openMachine(files, { threads: 1, budget, onMemory: (told) => (memory = told) })
    const { channels, context } = {
      channels: machine.traits.latentChannels,
      context: files.unet.config.cross_attention_dim,
    }
    const sample = uniform([1, channels, 32, 32], 1)
    const conditioning = { context: uniform([1, 48, context], 2) }
    const seen = await machine.attend({ sample, timestep: 400, conditioning, guide: half, wantsMaps: false })
    await machine.close()
    return { seen, memory }
  }

  it('is the same when memory asks for activations to be computed again', { timeout: 120_000 }, async () => {
    const roomy = await look(1e12)
    expect(roomy.memory?.activations).toBe('kept')
    const tight = await look((roomy.memory?.predictedBytes ?? 0) - 1)
    expect(tight.memory?.activations).toBe('recomputed')
    const [a, b] = [tight, roomy].map(({ seen }) => seen.guide?.gradient.data ?? new Float32Array(1))
    // Bar of recorded gradients; both are float32 sums in different orders.
    expect(relativeError(a ?? [], b ?? [])).toBeLessThan(1e-4)
  })
})
