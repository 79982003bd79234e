import { describe, expect, it } from 'vitest'
import { noteSentences } from '../../../engine/image/metadata/foreign-recipe.ts'
import { english } from '../../../renderer/text/english.ts'
import { explainForeign, explainNote } from '../../../renderer/text/explain-foreign.ts'

const keysOf = (...given: Parameters<typeof explainForeign>) => explainForeign(...given).map(({ key }) => key)

describe('what a picture of another program says', () => {
  it('names every reason that the engine knows, in a sentence of its own', () => {
    const missing = Object.keys(noteSentences).filter((note) => !Object.hasOwn(english, `foreign.note.${note}`))
    expect(missing).toEqual([])
  })

  it('says the missing model and the unknown sampler before the noise', () => {
    const foreign = {
      source: 'a1111' as const,
      model: 'dusk-v3',
      notes: ['noise-from-gpu'],
    }
    const sampling = {
      sampler: 'heun',
      schedule: 'karras',
      substitutions: [{ of: 'sampler' as const, asked: 'Restart', chosen: 'Heun' }],
    }
    expect(keysOf(foreign, { hasModel: false, sampling })).toEqual([
      'foreign.found',
      'foreign.model',
      'foreign.sampler',
      'foreign.note.noise-from-gpu',
    ])
  })

  it('has nothing to warn of when everything is here', () => {
    const foreign = { source: 'invokeai' as const, model: 'dusk-v3', notes: [] }
    expect(keysOf(foreign, { hasModel: true })).toEqual(['foreign.found'])
  })

  it('leaves out notes that it does not know', () => {
    expect(keysOf({ source: 'comfyui', notes: ['of-a-later-version'] }, { hasModel: false })).toEqual(['foreign.graph'])
  })
})

describe('notes of a recipe', () => {
  it('are sentences with their facts', () => {
    expect(explainNote('unknown-words: zyx, wvu')).toEqual({
      key: 'recipe.note.unknown-words',
      values: { facts: 'zyx, wvu' },
    })
  })

  it('stay as they are when nobody knows them', () => {
    expect(explainNote('of-a-later-version: 3')).toBe('of-a-later-version: 3')
  })
})
