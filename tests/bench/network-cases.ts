import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UNetConfig } from '../../engine/networks/unet/unet-config.ts'
import { halfSdxlUNet, sd15UNet, sdVae } from './published-configs.ts'
import { unetShapes, vaeShapes, writeRandomComponent } from './random-model.ts'

/** One part of the benchmark `unet`: a network of published layout at one picture size. */
export interface NetworkCase {
  readonly model: 'sd15' | 'half-sdxl'
  readonly network: 'unet' | 'vae'
  /** Of the picture in pixels. */
  readonly side: number
}

export const networkCases: Readonly<Record<string, NetworkCase>> = {
  'sd15-512': { model: 'sd15', network: 'unet', side: 512 },
  'sd15-768': { model: 'sd15', network: 'unet', side: 768 },
  'half-sdxl-1024': { model: 'half-sdxl', network: 'unet', side: 1024 },
  'vae-512': { model: 'sd15', network: 'vae', side: 512 },
  'vae-768': { model: 'sd15', network: 'vae', side: 768 },
}

/** Where the models of random weights and their conversions are kept; gigabytes. */
export const workFolder = join(tmpdir(), 'attune-bench')

const unets: Readonly<Record<NetworkCase['model'], UNetConfig>> = { sd15: sd15UNet, 'half-sdxl': halfSdxlUNet }

/**
 * Writes the network of a case with random weights, unless it is there.
 *
 * @returns its model folder and the bytes of its weights in float32
 */
export const prepareModel = async ({
  model,
  network,
}: NetworkCase): Promise<{ readonly folder: string; readonly weightBytes: number }> => {
  const folder = join(workFolder, model)
  const config = network === 'vae' ? sdVae : unets[model]
  const shapes = network === 'vae' ? vaeShapes(sdVae) : unetShapes(unets[model])
  await writeRandomComponent(folder, network, config, shapes)
  const elements = [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
  return { folder, weightBytes: 4 * elements }
}
