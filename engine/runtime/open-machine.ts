import type { ModelFiles } from '../checkpoint/model-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import { attendRunner, regionMapSizes } from './attend-runner.ts'
import { cpuDevice, type Device } from './devices/device.ts'
import { DeviceInUse, type DeviceLoss } from './devices/device-in-use.ts'
import type { LoadSession, SessionKind } from './load-session.ts'
import { ActiveLoras, type LoraChange, type LoraChoice } from './loras/active-loras.ts'
import type { LorasOf } from './loras/network-loras.ts'
import { systemBudget, type MemoryBudget } from './memory/memory-budget.ts'
import { traitsOf } from './model-traits.ts'
import { checkPicture, estimatePicture, type MemoryEstimate, type PictureNeeds } from './picture-memory.ts'
import { sessionMaker, type SessionMemory } from './session-maker.ts'
import { largestPartFlops } from './parts/largest-part-flops.ts'
import { SessionPool, type PoolOptions } from './session-pool.ts'
import { textRunner } from './text-runner.ts'
import { unetRunner } from './unet-runner.ts'
import { decoderRunner, encoderRunner } from './vae-runner.ts'
import { withWholeMask } from './whole-mask.ts'

/** A machine and the way to give its memory back. */
export interface OpenMachine extends Machine {
  /** Uses these LoRAs and no others from the next run on. See `ActiveLoras.use` for the failures. */
  readonly useLoras: (loras: readonly LoraChoice[]) => Promise<LoraChange>
  /** What a picture needs with the LoRAs in use, and what there is; nothing is loaded for it. */
  readonly estimateMemory: (needs: PictureNeeds) => MemoryEstimate
  /**
   * Refuses a picture that will not fit, before anything is loaded.
   *
   * @throws EngineError 'out-of-memory' with the bytes needed and available and, where one fits, a smaller size
   */
  readonly checkMemory: (needs: PictureNeeds) => void
  /** Why it does not run any more where it was opened; null while it does. */
  readonly loss: () => DeviceLoss | null
  readonly close: () => Promise<void>
}

export interface MachineOptions {
  /** Threads of one run; ONNX Runtime's own choice (all physical cores) when absent. */
  readonly threads?: number
  /** Where the networks run; the CPU when absent. See `chooseDevice`. */
  readonly device?: Device
  /** Memory that sessions may take; what the system has available, less a reserve, when absent. */
  readonly budget?: MemoryBudget
  /** Told when the device cannot go on and the CPU takes over, in the middle of whatever runs. */
  readonly onLoss?: (loss: DeviceLoss) => void
  /** Told after each session's first run what it took. */
  readonly onMemory?: (memory: SessionMemory) => void
}

/** Networks above this many bytes run one sample at a time, and their text towers stay mapped. */
const bigNetworkBytes = 200e6

/** How many sessions of each kind stay loaded. */
const capacityFor = (isBig: boolean): Readonly<Record<SessionKind, number>> => ({
  text: 2,
  unet: isBig ? 2 : 4,
  'vae-decoder': 1,
  'vae-encoder': 1,
})

/** Opens a model on a device. Nothing is loaded before its first use. */
export const openMachine = (files: ModelFiles, options: MachineOptions = {}): OpenMachine => {
  const { device: chosen = cpuDevice, threads, budget = systemBudget(), onMemory, onLoss } = options
  const inUse = new DeviceInUse(chosen)
  const isBig = bytesOf(files.unet.weights) >= bigNetworkBytes
  const isOnCpu = (): boolean => inUse.now.name === 'cpu'
  const makerOptions = () => {
    const partFlops = isOnCpu() ? largestPartFlops(threads) : Infinity
    return { device: inUse.now, threads, budget, onMemory, isBig, partFlops }
  }
  const moves = (error: unknown): boolean => {
    const isMoved = inUse.giveUp(error)
    if (isMoved && inUse.loss !== null) onLoss?.(inUse.loss)
    return isMoved
  }
  const create: PoolOptions['create'] = (request) => sessionMaker(makerOptions())(request)
  const pool = new SessionPool({ capacity: capacityFor(isBig), create, moves })
  const largestBatch = (): number => (isBig && isOnCpu() ? 1 : 2)
  const load: LoadSession = pool.get
  const active = new ActiveLoras(files)
  const loras: LorasOf = (component) => active.of(component)
  const encodeImage = encoderRunner(files.vae, load)
  const pictureOptions = () => ({ ...makerOptions(), files, loras, largestBatch: largestBatch(), alwaysMaps: isBig })
  return {
    traits: traitsOf(files),
    get device() {
      return inUse.label
    },
    encodeText: textRunner(files.textEncoders, load, loras),
    encodeImage,
    decodeLatents: decoderRunner(files.vae, load),
    ...withWholeMask(files, encodeImage, {
      predict: unetRunner({ files: files.unet, load, loras, largestBatch, alwaysMaps: isBig }),
      attend: attendRunner(files.unet, load, loras),
    }),
    regionMaps: regionMapSizes(files.unet),
    useLoras: (choices) => active.use(choices),
    estimateMemory: (needs) => estimatePicture(pictureOptions(), needs),
    checkMemory: (needs) => {
      checkPicture(pictureOptions(), needs)
    },
    loss: () => inUse.loss,
    close: () => pool.clear(),
  }
}

const bytesOf = (weights: WeightTable): number =>
  [...weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
