import { openModel } from '../checkpoint/open-model.ts'
import { promptEncoder, type PromptEncoder } from '../methods/prompt-encoder.ts'
import { openMachine, type OpenMachine } from '../runtime/open-machine.ts'

/** A model with its sessions, ready for methods. */
export interface HeldModel {
  readonly machine: OpenMachine
  readonly prompts: PromptEncoder
}

/** Keeps the model of the last job open, since the next job nearly always wants the same. */
export class ModelHolder {
  #path: string | undefined
  #model: HeldModel | undefined

  /** The model at `path`, opened when it is not the one held; errors as `openModel`. */
  async hold(path: string): Promise<HeldModel> {
    if (this.#model !== undefined && this.#path === path) return this.#model
    await this.release()
    const machine = openMachine(await openModel(path))
    this.#model = { machine, prompts: promptEncoder(machine) }
    this.#path = path
    return this.#model
  }

  async release(): Promise<void> {
    const model = this.#model
    this.#model = undefined
    await model?.machine.close()
  }
}
