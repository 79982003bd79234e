import { stat } from 'node:fs/promises'
import { resolveFile } from '../checkpoint/checkpoint.ts'
import { withMeasurements } from '../checkpoint/measurements.ts'
import type { ModelFiles } from '../checkpoint/model-files.ts'
import { openModel } from '../checkpoint/open-model.ts'
import type { DeviceChoice, DeviceName } from '../contract/device-records.ts'
import type { Prediction } from '../machine/denoiser.ts'
import { promptEncoder, type PromptEncoder } from '../methods/prompt-encoder.ts'
import { systemBudget } from '../runtime/memory/memory-budget.ts'
import { clipTokenizerFolder } from './clip-tokenizer-folder.ts'
import type { Choice } from '../runtime/devices/choose-device.ts'
import { cpuDevice } from '../runtime/devices/device.ts'
import type { DeviceLoss } from '../runtime/devices/device-in-use.ts'
import { openMachine, type OpenMachine } from '../runtime/open-machine.ts'
import type { SessionMemory } from '../runtime/session-maker.ts'
import { noteLine } from './note-line.ts'

/** A model with its sessions, ready for methods. */
export interface HeldModel {
  readonly files: ModelFiles
  readonly machine: OpenMachine
  readonly prompts: PromptEncoder
  /** For the recipe, asked when the work is done: why it does not run where it was told to. */
  readonly deviceNotes: () => readonly string[]
}

/** How a model is opened. */
export interface HoldOptions {
  /** A VAE file in place of the model's own. */
  readonly vaePath?: string | undefined
  /** What its network predicts, where the user knows better than its files. */
  readonly prediction?: Prediction | undefined
  /** Folder with what was measured about models in read-only folders. */
  readonly measurementsFolder?: string | undefined
  /** What this process may hold at most, in bytes; as much as the system has available when absent. */
  readonly memoryBytes?: number | undefined
  /** Where it runs; where the last job ran when absent. */
  readonly device?: DeviceChoice | undefined
  /** Whether its second network, trained for inpainting, is wanted; models without one run as they are. */
  readonly isInpainting?: boolean | undefined
}

interface HolderOptions {
  /** Told, for each session, what it was reckoned to take and what it took. */
  readonly onMemory?: (model: string, memory: SessionMemory) => void
  /** What is used for a choice of the user; the CPU for all of them when absent. */
  readonly chooseDevice?: (choice: DeviceChoice) => Promise<Choice>
  /** Told when a device could not go on; it has to pass its check anew before it is used again. */
  readonly onDeviceFailure?: (device: DeviceName) => Promise<void>
}

/** Keeps the model of the last job open, since the next job nearly always wants the same. */
export class ModelHolder {
  #key: string | undefined
  #measurementsFolder: string | undefined
  #model: Omit<HeldModel, 'deviceNotes'> | undefined
  #forgetting: Promise<void> | undefined
  /** Which of its networks the held model runs; most models have only one. */
  #network: 'only' | 'own' | 'inpainting' = 'only'
  #memoryBytes: number | undefined
  #choice: DeviceChoice = 'automatic'
  readonly #options: HolderOptions
  readonly #budget = systemBudget(() => this.#memoryBytes)

  constructor(options: HolderOptions = {}) {
    this.#options = options
  }

  /**
   * The model at `path`, opened when it is not the one held or its file has changed. It runs without LoRAs until its
   * machine is told otherwise. Errors as `openModel`.
   */
  async hold(path: string, options: HoldOptions = {}): Promise<HeldModel> {
    const { vaePath, prediction, measurementsFolder, memoryBytes } = options
    this.#memoryBytes = memoryBytes
    this.#choice = options.device ?? this.#choice
    await this.#forgetting
    const { device, refusal } = (await this.#options.chooseDevice?.(this.#choice)) ?? {
      device: cpuDevice,
      refusal: null,
    }
    const { size, mtimeMs } = await stat(await resolveFile(path))
    const key = JSON.stringify([path, size, mtimeMs, vaePath, prediction, device])
    // A job that needs no measurements takes the model as the last one left it.
    const isMeasured = measurementsFolder === undefined || measurementsFolder === this.#measurementsFolder
    const hasLost = (this.#model?.machine.loss() ?? null) !== null
    const wanted = options.isInpainting === true ? 'inpainting' : 'own'
    const isNetwork = this.#network === 'only' || this.#network === wanted
    if (this.#model === undefined || this.#key !== key || !isMeasured || !isNetwork || hasLost) {
      await this.release()
      const opened = await openModel(path, {
        clipTokenizerFolder: clipTokenizerFolder(),
        vaeFile: vaePath,
        predictionType: prediction,
      })
      const measured = await withMeasurements(opened, measurementsFolder)
      const { inpaintingUnet } = measured
      this.#network = inpaintingUnet === null ? 'only' : wanted
      const isSecond = inpaintingUnet !== null && wanted === 'inpainting'
      const files = isSecond ? { ...measured, unet: inpaintingUnet, inpaintingUnet: null } : measured
      const onMemory = (memory: SessionMemory): void => {
        this.#options.onMemory?.(files.name, memory)
      }
      const onLoss = (loss: DeviceLoss): void => {
        if (loss.kind !== 'failed') return
        // What cannot be written down is found out again by the next job.
        this.#forgetting = this.#options.onDeviceFailure?.(loss.device).catch(() => undefined)
      }
      const machine = openMachine(files, { device, budget: this.#budget, onMemory, onLoss })
      this.#model = { files, machine, prompts: promptEncoder(machine) }
      this.#key = key
      this.#measurementsFolder = measurementsFolder
    }
    const { machine } = this.#model
    await machine.useLoras([])
    const refused = refusal === null ? [] : [noteLine(`device-${refusal}`, this.#choice)]
    return { ...this.#model, deviceNotes: () => [...refused, ...lossNotes(machine.loss())] }
  }

  async release(): Promise<void> {
    const model = this.#model
    this.#model = undefined
    await model?.machine.close()
  }
}

const lossNotes = (loss: DeviceLoss | null): readonly string[] => {
  if (loss === null) return []
  return [noteLine(loss.kind === 'memory' ? 'device-full' : 'device-lost', `${loss.device} (${loss.reason})`)]
}
