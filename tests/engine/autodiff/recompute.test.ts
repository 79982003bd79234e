import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { recompute } from '../../../engine/autodiff/recompute.ts'
import { makeGraph, topologicalOrder } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { activationPeak } from '../../../engine/graph/onnx/activation-peak.ts'
import { add, input } from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { resnetBlock } from '../../../engine/networks/layers/resnet-block.ts'
import { spatialTransformer } from '../../../engine/networks/layers/transformer.ts'
import { randomParams } from '../networks/random-params.ts'
import { residualTower } from './residual-tower.ts'

const p = randomParams()
const picture = input('x', [1, 8, 4, 4])
const norm = { groups: 4, epsilon: 1e-5 }
const marksOf = (y: Value): number =>
  topologicalOrder([...recompute(makeGraph('g', { y })).outputs.values()]).filter(({ op }) => op === 'boundary').length

describe('recompute', () => {
  it.each([
    { what: 'the end of a resnet', marks: 1, y: resnetBlock(p.at('a'), picture, 8, norm) },
    {
      what: 'the end of a resnet with a shortcut and time',
      marks: 1,
      y: resnetBlock(p.at('b'), picture, 12, norm, input('time', [1, 6])),
    },
    {
      what: 'both attentions, the three sums of each transformer block, and the end of the transformer',
      marks: 11,
      y: spatialTransformer(p.at('t'), picture, input('context', [1, 3, 6]), {
        heads: 2,
        depth: 2,
        groups: 4,
        linearProjection: false,
      }),
    },
    { what: 'nothing of a plain sum, such as a LoRA makes', marks: 0, y: add(picture, add(picture, picture)) },
  ])('marks $what', ({ marks, y }) => {
    expect(marksOf(y)).toBe(marks)
  })

  const peakOf = (side: number, mode: 'kept' | 'recomputed', blocks?: number): number =>
    activationPeak(lower(cpuTarget)(residualTower(side, mode, blocks).graph))

  it('keeps one array a block, and the largest block once', () => {
    const array = 64 * 64 * 128
    const perBlock = (peakOf(64, 'recomputed', 16) - peakOf(64, 'recomputed', 8)) / 8 / array
    expect(perBlock).toBeCloseTo(1, 1)
    expect((peakOf(64, 'kept', 16) - peakOf(64, 'kept', 8)) / 8 / array).toBeGreaterThan(3)
  })

  it('lets memory grow with the pixels', () => {
    expect(peakOf(128, 'recomputed') / peakOf(64, 'recomputed')).toBeCloseTo(4, 1)
  })

  it('halves the memory of a process at least', async () => {
    const measure = async (mode: string): Promise<number> => {
      const script = join(import.meta.dirname, 'measure-gradient.ts')
      const { stdout } = await promisify(execFile)(process.execPath, [script, '128', mode])
      return Number(stdout)
    }
    const [kept, recomputed] = [await measure('kept'), await measure('recomputed')]
    // Predicted: 114 MB and 40 MB; kernels' scratch memory is the same for both and comes on top.
    expect(kept).toBeGreaterThan(100e6)
    expect(recomputed / kept).toBeLessThan(0.5)
  })
})
