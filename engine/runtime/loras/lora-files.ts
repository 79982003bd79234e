import { stat } from 'node:fs/promises'
import { resolveFile } from '../../checkpoint/checkpoint.ts'
import { loraNames, type LoraNames } from '../../checkpoint/lora/lora-targets.ts'
import { matchLora, type LoraReport } from '../../checkpoint/lora/match-lora.ts'
import { openLora } from '../../checkpoint/lora/open-lora.ts'
import { readLora, type LoraLayer } from '../../checkpoint/lora/read-lora.ts'
import type { ModelFiles } from '../../checkpoint/model-files.ts'

/** A LoRA file read for one model. */
export interface ReadLora {
  readonly report: LoraReport
  readonly layers: readonly LoraLayer[]
}

interface Kept extends ReadLora {
  /** Size and time of the file when it was read. */
  readonly stamp: string
}

/** LoRAs that nobody uses now are kept up to this many bytes, so that going back and forth reads nothing. */
const keptBytes = 512e6

/** Reads LoRA files for one model and keeps those used last; a file that changed is read again. */
export class LoraFiles {
  readonly #model: Pick<ModelFiles, 'unet' | 'textEncoders'>
  /** In the order of last use. */
  readonly #kept = new Map<string, Kept>()
  #names: LoraNames | undefined

  constructor(model: Pick<ModelFiles, 'unet' | 'textEncoders'>) {
    this.#model = model
  }

  /**
   * The layers of a file that belong to the model.
   *
   * @throws EngineError what `openLora`, `matchLora` and `readLora` throw
   */
  async read(path: string): Promise<ReadLora> {
    const file = await resolveFile(path)
    const { size, mtimeMs } = await stat(file)
    const stamp = `${size} ${mtimeMs}`
    const known = this.#kept.get(file)
    this.#kept.delete(file)
    if (known?.stamp === stamp) {
      this.#kept.set(file, known)
      return known
    }
    this.#names ??= loraNames(this.#model)
    const match = matchLora(await openLora(path), this.#names)
    const lora = { stamp, report: match.report, layers: await readLora(match) }
    this.#kept.set(file, lora)
    return lora
  }

  /** Forgets the files used longest ago, until the rest fits. */
  trim(): void {
    let bytes = [...this.#kept.values()].reduce((sum, { layers }) => sum + bytesOf(layers), 0)
    for (const [file, { layers }] of [...this.#kept]) {
      if (bytes <= keptBytes || this.#kept.size === 1) return
      this.#kept.delete(file)
      bytes -= bytesOf(layers)
    }
  }
}

const bytesOf = (layers: readonly LoraLayer[]): number =>
  layers.reduce((sum, { down, up }) => sum + down.data.byteLength + up.data.byteLength, 0)
