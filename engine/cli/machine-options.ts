import type { DeviceChoice } from '../contract/device-records.ts'
import { EngineError } from '../contract/failures.ts'
import { deviceOption } from './devices/device-option.ts'
import { numberOption } from './parse-options.ts'

/** Where a command's networks run, and in how much memory. */
export interface MachineOptions {
  readonly device: DeviceChoice
  /** What the worker may hold at most, in bytes; as much as the system has available when undefined. */
  readonly memoryBytes: number | undefined
}

/** Flags of every command that runs networks. */
export const machineFlags = { device: { type: 'string' }, memory: { type: 'string' } } as const

/** Their lines in `--help`. */
export const machineHelp = `  --device NAME      auto, cpu, cuda, dml, coreml, webgpu (auto: the fastest that has passed its check; docs/devices.md)
  --memory GB        how much memory may be used at most; as much as is free when left out (docs/memory.md)`

/** @throws EngineError 'bad-argument' that names the flag and what it takes */
export const machineOptions = ({
  device,
  memory,
}: {
  readonly device?: string | undefined
  readonly memory?: string | undefined
}): MachineOptions => ({ device: deviceOption(device), memoryBytes: memoryOption(memory) })

/** The same as arguments of the worker's calls. */
export const machineArgs = ({
  device,
  memoryBytes,
}: MachineOptions): { readonly device: DeviceChoice; readonly memoryBytes?: number } => ({
  device,
  ...(memoryBytes !== undefined && { memoryBytes }),
})

/** Gigabytes as bytes. */
const memoryOption = (text: string | undefined): number | undefined => {
  const gigabytes = numberOption('memory', text)
  if (gigabytes === undefined || gigabytes > 0) return gigabytes === undefined ? undefined : Math.ceil(gigabytes * 1e9)
  throw new EngineError('bad-argument', { where: '--memory', found: `"${text ?? ''}"`, expected: 'gigabytes above 0' })
}
