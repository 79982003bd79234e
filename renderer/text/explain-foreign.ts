import type { ForeignSettings, SamplingMeaning } from '../../engine/contract/image-records.ts'
import { english } from './english.ts'
import type { MessageKey, MessageValues } from './messages.ts'

/** A sentence that is still to be said in somebody's language. */
export interface Sentence {
  readonly key: MessageKey
  readonly values: MessageValues
}

export const sourceNames: Readonly<Record<ForeignSettings['source'], string>> = {
  attune: 'Attune',
  a1111: 'A1111',
  comfyui: 'ComfyUI',
  invokeai: 'InvokeAI',
  fooocus: 'Fooocus',
  novelai: 'NovelAI',
}

/**
 * What was found in a picture of another program, and why the picture will not be the same here.
 *
 * @param hasModel whether the model it names is in the user's folders
 * @param sampling what its sampler means here
 * @returns what was found first, then the reasons in order of weight
 */
export function explainForeign(
  { source, model, notes }: Pick<ForeignSettings, 'source' | 'model' | 'notes'>,
  { hasModel, sampling }: { readonly hasModel: boolean; readonly sampling?: SamplingMeaning | undefined },
): readonly Sentence[] {
  const found: Sentence = {
    key: source === 'comfyui' ? 'foreign.graph' : 'foreign.found',
    values: { source: sourceNames[source] },
  }
  return [
    found,
    ...(model !== undefined && !hasModel ? [{ key: 'foreign.model', values: { model } } as const] : []),
    ...(sampling?.substitutions ?? []).map(({ of, asked, chosen }) => ({
      key: of === 'sampler' ? ('foreign.sampler' as const) : ('foreign.schedule' as const),
      values: { asked, chosen },
    })),
    ...notes
      .map((note) => `foreign.note.${note}`)
      .filter(isMessage)
      .map((key) => ({ key, values: {} })),
  ]
}

/** What a recipe's note (`key: facts`) says; a note that nobody knows stays as it is. */
export function explainNote(note: string): Sentence | string {
  const [name = '', facts = ''] = note.split(/: (.*)/s)
  const key = `recipe.note.${name}`
  return isMessage(key) ? { key, values: { facts } } : note
}

const isMessage = (key: string): key is MessageKey => Object.hasOwn(english, key)
