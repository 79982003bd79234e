import { join } from 'node:path'
import type { Graph } from '../../../engine/graph/graph.ts'
import { unetGraph } from '../../../engine/networks/unet/unet-graph.ts'
import type { UNetConfig } from '../../../engine/networks/unet/unet-config.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { readConfig, readWeights, type Expected } from './read-case.ts'

/** The UNet of the case `pipeline` beside `folder`, which many cases are about, in the sizes of its recorded inputs. */
export const pipelineUnet = async (folder: string, sample: NdArray, context: NdArray): Promise<Graph> => {
  const pipeline = join(folder, '../pipeline')
  const [batch = 1, , height = 1, width = 1] = sample.shape
  const weights = await readWeights(join(pipeline, 'unet/diffusion_pytorch_model.safetensors'))
  const config = await readConfig<UNetConfig>(pipeline, 'unet')
  return unetGraph(weights, config, { batch, height, width, tokens: context.shape[1] ?? 1 })
}

export interface UNetFeeds {
  readonly sample: NdArray
  readonly timestep: NdArray
  readonly context: NdArray
}

/** What was fed to the UNet of a case. */
export const readFeeds = async (expected: Expected): Promise<UNetFeeds> => ({
  sample: await expected.read('sample'),
  timestep: await expected.read('timestep'),
  context: await expected.read('encoder_hidden_states'),
})
