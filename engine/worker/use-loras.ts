import { resolve } from 'node:path'
import { findLora } from '../checkpoint/lora/find-lora.ts'
import { nameSome } from '../checkpoint/lora/match-lora.ts'
import { EngineError } from '../contract/failures.ts'
import { requestLimits, type GenerateRequest } from '../contract/records.ts'
import type { LoraChange, LoraChoice } from '../runtime/loras/active-loras.ts'
import type { HeldModel } from './model-holder.ts'
import { noteLine } from './note-line.ts'

interface LoraRequest {
  readonly request: GenerateRequest
  /** Of this very picture: it decides what `{a|b}` in the prompt draws. */
  readonly seed: bigint
  /** Where LoRAs are looked for that the prompt names. */
  readonly folders: readonly string[]
}

/** What a picture is drawn with. */
export interface UsedLoras {
  readonly choices: readonly LoraChoice[]
  readonly notes: readonly string[]
}

/**
 * Has the machine use the LoRAs of a request, which are named by path, and those of its prompt (`<lora:name:0.8>`).
 *
 * @throws EngineError as `ActiveLoras.use`; 'prompt-invalid' for a strength beyond ±10 or more than 32 LoRAs
 */
export const useLoras = async ({ machine, prompts }: HeldModel, asked: LoraRequest): Promise<UsedLoras> => {
  const { request, seed, folders } = asked
  const listed = request.loras.map(({ id, strength, textStrength = strength }): LoraChoice => {
    return { path: id, strength, textStrength }
  })
  const settings = { steps: request.steps, seed }
  const notes = prompts.read(request.negative, settings).loras.map(({ name }) => noteLine('lora-in-negative', name))
  const choices = [...listed]
  for (const { name, unetStrength: strength, textStrength } of prompts.read(request.prompt, settings).loras) {
    const path = await findLora(name, folders)
    if (path === undefined) notes.push(noteLine('lora-not-found', name))
    else if (listed.some((lora) => resolve(lora.path) === resolve(path))) notes.push(noteLine('lora-named-twice', name))
    else choices.push(checkedStrengths(name, { path, strength, textStrength }))
  }
  refuseTooMany(choices)
  return { choices, notes: [...notes, ...notesOf(await machine.useLoras(choices))] }
}

const notesOf = ({ reports, rebuilt }: LoraChange): string[] => [
  ...reports
    .filter(({ unmatched }) => unmatched.length > 0)
    .map(({ name, matched, total, unmatched }) =>
      noteLine('lora-partly', `${name}: ${matched} of ${total} layers, without ${nameSome(unmatched)}`),
    ),
  ...(rebuilt === null ? [] : [noteLine('loras-prepared', rebuilt)]),
]

const mostStrength = 10

const checkedStrengths = (name: string, choice: LoraChoice): LoraChoice => {
  const { strength, textStrength } = choice
  if (Math.max(Math.abs(strength), Math.abs(textStrength)) <= mostStrength) return choice
  throw new EngineError('prompt-invalid', {
    where: `<lora:${name}>`,
    found: `strength ${strength}${strength === textStrength ? '' : ` and ${textStrength} for the text`}`,
    expected: `-${mostStrength} … ${mostStrength}`,
    remedy: 'Most LoRAs are made for 0.6 to 1.',
  })
}

const refuseTooMany = (choices: readonly LoraChoice[]): void => {
  if (choices.length <= requestLimits.loras) return
  throw new EngineError('prompt-invalid', {
    where: 'LoRAs',
    found: `${choices.length}`,
    expected: `at most ${requestLimits.loras}`,
    remedy: 'Take some of them out of the prompt.',
  })
}
