import { stat } from 'node:fs/promises'
import { resolveFile } from '../checkpoint/checkpoint.ts'
import { withMeasurements } from '../checkpoint/measurements.ts'
import type { ModelFiles } from '../checkpoint/model-files.ts'
import { openModel } from '../checkpoint/open-model.ts'
import { promptEncoder, type PromptEncoder } from '../methods/prompt-encoder.ts'
import { systemBudget } from '../runtime/memory/memory-budget.ts'
import { clipTokenizerFolder } from './clip-tokenizer-folder.ts'
import { openMachine, type OpenMachine } from '../runtime/open-machine.ts'
import type { SessionMemory } from '../runtime/session-maker.ts'

/** A model with its sessions, ready for methods. */
export interface HeldModel {
  readonly files: ModelFiles
  readonly machine: OpenMachine
  readonly prompts: PromptEncoder
}

/** How a model is opened. */
export interface HoldOptions {
  /** A VAE file in place of the model's own. */
  readonly vaePath?: string | undefined
  /** Folder with what was measured about models in read-only folders. */
  readonly measurementsFolder?: string | undefined
  /** What this process may hold at most, in bytes; as much as the system has available when absent. */
  readonly memoryBytes?: number | undefined
}

/** Keeps the model of the last job open, since the next job nearly always wants the same. */
export class ModelHolder {
  #key: string | undefined
  #measurementsFolder: string | undefined
  #model: HeldModel | undefined
  #memoryBytes: number | undefined
  readonly #onMemory: (model: string, memory: SessionMemory) => void
  readonly #budget = systemBudget(() => this.#memoryBytes)

  /** @param onMemory  told, for each session, what it was reckoned to take and what it took */
  constructor(onMemory: (model: string, memory: SessionMemory) => void = () => undefined) {
    this.#onMemory = onMemory
  }

  /**
   * The model at `path`, opened when it is not the one held or its file has changed. It runs without LoRAs until its
   * machine is told otherwise. Errors as `openModel`.
   */
  async hold(path: string, { vaePath, measurementsFolder, memoryBytes }: HoldOptions = {}): Promise<HeldModel> {
    this.#memoryBytes = memoryBytes
    const { size, mtimeMs } = await stat(await resolveFile(path))
    const key = JSON.stringify([path, size, mtimeMs, vaePath])
    // A job that needs no measurements takes the model as the last one left it.
    const isMeasured = measurementsFolder === undefined || measurementsFolder === this.#measurementsFolder
    if (this.#model === undefined || this.#key !== key || !isMeasured) {
      await this.release()
      const opened = await openModel(path, { clipTokenizerFolder: clipTokenizerFolder(), vaeFile: vaePath })
      const files = await withMeasurements(opened, measurementsFolder)
      const onMemory = (memory: SessionMemory): void => {
        this.#onMemory(files.name, memory)
      }
      const machine = openMachine(files, { budget: this.#budget, onMemory })
      this.#model = { files, machine, prompts: promptEncoder(machine) }
      this.#key = key
      this.#measurementsFolder = measurementsFolder
    }
    await this.#model.machine.useLoras([])
    return this.#model
  }

  async release(): Promise<void> {
    const model = this.#model
    this.#model = undefined
    await model?.machine.close()
  }
}
