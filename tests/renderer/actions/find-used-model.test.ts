import { describe, expect, it } from 'vitest'
import type { ModelRow } from '../../../engine/contract/model-records.ts'
import { findUsedModel } from '../../../renderer/actions/find-used-model.ts'

const model = (id: number, name: string, hash: string | null): ModelRow => ({
  id,
  folderId: 1,
  path: `sd/${name}`,
  name,
  kind: 'checkpoint',
  family: 'sd1',
  sentence: '',
  isUsable: true,
  sizeBytes: 1,
  modifiedMs: 1,
  hash,
  isMissing: false,
  prediction: null,
})

const models = [model(4, 'Dusk-v3.safetensors', 'abcdef1234567890'), model(9, 'renamed.safetensors', 'ffee00112233')]

describe('the model of a picture', () => {
  it.each([
    ['by the beginning of its hash, whatever it is called now', { name: 'dawn', hash: 'FFEE001122' }, '9'],
    ['by its name, whatever the case and ending', { name: 'dusk-V3' }, '4'],
    ['by its name in a folder with a hash behind it', { name: 'SD\\dusk-v3.safetensors [abcdef1234]' }, '4'],
    ['as the bundled one', { name: 'starter', hash: null }, null],
    ['nowhere when neither fits', { name: 'noon', hash: '0123456789' }, undefined],
    ['nowhere by a hash too short to mean anything', { name: 'noon', hash: 'abc' }, undefined],
  ])('is found %s', (_how, named, expected) => {
    expect(findUsedModel(models, named)).toBe(expected)
  })
})
