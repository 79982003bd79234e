import { recompute } from '../../../engine/autodiff/recompute.ts'
import { input } from '../../../engine/graph/ops.ts'
import { resnetBlock } from '../../../engine/networks/layers/resnet-block.ts'
import { randomParams } from '../networks/random-params.ts'
import { gradientGraph, type GradientGraph } from './gradient-graph.ts'

/** Resnets of 32 channels one after another, of `side` x `side` pixels: one array of activations has side² · 128 bytes. */
export const residualTower = (side: number, mode: 'kept' | 'recomputed', blocks = 12): GradientGraph => {
  const p = randomParams()
  const norm = { groups: 8, epsilon: 1e-5 }
  let x = resnetBlock(p.at('in'), input('x', [1, 4, side, side]), 32, { ...norm, groups: 4 })
  for (let i = 0; i < blocks; i += 1) x = resnetBlock(p.at(i), x, 32, norm)
  return mode === 'kept' ? gradientGraph(x) : gradientGraph(x, recompute)
}
