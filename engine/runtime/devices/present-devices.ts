import { env, listSupportedBackends } from 'onnxruntime-node'
import { loweringVersion } from '../../graph/lower/lowering-version.ts'
import { deviceNames, type DeviceName } from './device.ts'

/** Devices worth a check on each system, the one that is usually fastest first. */
const preference: Readonly<Record<string, readonly DeviceName[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
}

/** What ONNX Runtime says that it brings on this system. */
export interface PresentDevice {
  readonly name: DeviceName
  /** Whether its library came along; CUDA's is fetched by hand. Whether it works says only a run. */
  readonly isBundled: boolean
}

/** Every device besides the CPU that this build of ONNX Runtime knows, in the order of preference. */
export const presentDevices = (platform: string = process.platform): readonly PresentDevice[] => {
  const known = new Map(listSupportedBackends().map(({ name, bundled }) => [name, bundled]))
  const order = preference[platform] ?? deviceNames.filter((name) => name !== 'cpu')
  return order.flatMap((name) => {
    const isBundled = known.get(name)
    return isBundled === undefined ? [] : [{ name, isBundled }]
  })
}

/** Of how graphs are written for devices. */
export const loweringVersionNow: number = loweringVersion

/** Version of ONNX Runtime, such as `1.30.0`. */
export const runtimeVersion = (): string => env.versions.node ?? env.versions.common
