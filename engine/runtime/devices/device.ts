import { cpuTarget } from '../../graph/lower/lower.ts'
import type { LoweringTarget } from '../../graph/lower/lowering.ts'

/** Devices that ONNX Runtime may know; names as users write them. */
export const deviceNames = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const

export type DeviceName = (typeof deviceNames)[number]

/** Where sessions run, and how graphs are written for it. */
export interface Device {
  readonly name: DeviceName
  /** For the recipe of a picture: `cpu`, `webgpu: NVIDIA …`. */
  readonly label: string
  readonly target: LoweringTarget
}

export const cpuDevice: Device = { name: 'cpu', label: 'cpu', target: cpuTarget }

/** How graphs are written for a device that nobody has checked: without the kernels that are known to fail on some. */
export const uncheckedTarget = (device: DeviceName): LoweringTarget =>
  device === 'cpu' ? cpuTarget : { device, fusedAttention: device === 'cuda' || device === 'dml' }
