import type { UnetConfig } from '../checkpoint/config/unet-config.ts'
import type { WeightTable } from '../tensor/weight-view.ts'

/** A UNet where it lies. */
export interface UNetFiles {
  readonly config: UnetConfig
  readonly weights: WeightTable
}
