import type { ModelFiles } from '../checkpoint/model-files.ts'
import { cpuTarget, lower } from '../graph/lower/lower.ts'
import type { Machine } from '../machine/machine.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import type { LoadSession, SessionKind } from './load-session.ts'
import { attendRunner, regionMapSizes } from './attend-runner.ts'
import { ActiveLoras, type LoraChange, type LoraChoice } from './loras/active-loras.ts'
import type { LorasOf } from './loras/network-loras.ts'
import { traitsOf } from './model-traits.ts'
import { SessionPool } from './session-pool.ts'
import { createSession } from './session.ts'
import { textRunner } from './text-runner.ts'
import { unetRunner } from './unet-runner.ts'
import { decoderRunner, encoderRunner } from './vae-runner.ts'

/** A machine and the way to give its memory back. */
export interface OpenMachine extends Machine {
  /** Uses these LoRAs and no others from the next run on. See `ActiveLoras.use` for the failures. */
  readonly useLoras: (loras: readonly LoraChoice[]) => Promise<LoraChange>
  readonly close: () => Promise<void>
}

export interface MachineOptions {
  /** Threads of one run; ONNX Runtime's own choice (all physical cores) when absent. */
  readonly threads?: number
}

/** Networks above this many bytes run one sample at a time, and their text towers stay mapped. */
const bigNetworkBytes = 200e6

/** How many sessions of each kind stay loaded. */
const capacity: Readonly<Record<SessionKind, number>> = { text: 2, unet: 4, 'vae-decoder': 1, 'vae-encoder': 1 }

/** Opens a model on this machine's CPU. Nothing is loaded before its first use. */
export const openMachine = (files: ModelFiles, options: MachineOptions = {}): OpenMachine => {
  const pool = new SessionPool({
    capacity,
    create: (graph, kind) =>
      createSession(lower(cpuTarget)(graph), {
        ...(options.threads === undefined ? {} : { threads: options.threads }),
        // A text tower runs once a prompt: mapping its weights beats copying them.
        weights: kind === 'text' ? 'mapped' : 'copied',
      }),
  })
  const load: LoadSession = (kind, key, build) => pool.get(kind, key, build)
  const active = new ActiveLoras(files)
  const loras: LorasOf = (component) => active.of(component)
  return {
    traits: traitsOf(files),
    device: 'cpu',
    encodeText: textRunner(files.textEncoders, load, loras),
    encodeImage: encoderRunner(files.vae, load),
    decodeLatents: decoderRunner(files.vae, load),
    predict: unetRunner({
      files: files.unet,
      load,
      loras,
      largestBatch: bytesOf(files.unet.weights) < bigNetworkBytes ? 2 : 1,
    }),
    attend: attendRunner(files.unet, load, loras),
    regionMaps: regionMapSizes(files.unet),
    useLoras: (choices) => active.use(choices),
    close: () => pool.clear(),
  }
}

const bytesOf = (weights: WeightTable): number =>
  [...weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
