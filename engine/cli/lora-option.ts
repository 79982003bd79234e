import { resolve } from 'node:path'
import { EngineError } from '../contract/failures.ts'

/** A LoRA as `--lora` names it. */
export interface LoraOption {
  /** Absolute. */
  readonly id: string
  readonly strength?: number
  readonly textStrength?: number
}

/**
 * `PATH`, `PATH:strength` or `PATH:strength:text strength`; what is left out has its default (1; the same for the text).
 *
 * @throws EngineError 'bad-argument'
 */
export const loraOption = (text: string): LoraOption => {
  const [, path = '', strength, textStrength] = /^(.+?)(?::(-?\d*\.?\d+))?(?::(-?\d*\.?\d+))?$/.exec(text) ?? []
  if (path === '') {
    throw new EngineError('bad-argument', { where: '--lora', found: `"${text}"`, expected: 'PATH[:strength[:text]]' })
  }
  return {
    id: resolve(path),
    ...(strength !== undefined && { strength: Number(strength) }),
    ...(textStrength !== undefined && { textStrength: Number(textStrength) }),
  }
}
