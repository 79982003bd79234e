import { afterAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())

/** A seed with which the bundled model forgets the balloon. */
const seed = '1011'
const typed = 'a balloon and a tiger in the desert'

const draw = (request: GenerateRequestInput) =>
  worker.call('generate', {
    request: generateRequestSchema.parse({ steps: 20, cfgScale: 5, sampler: 'ddim', ...request }),
    modelPath: starterModelPath(),
    modelHash: null,
    seed,
  })

describe('a picture of the bundled model whose phrases are weighed', () => {
  it('has the weights in its recipe, whose prompt draws it again bit by bit', { timeout: 120_000 }, async () => {
    const { picture, recipe } = await draw({ prompt: typed, reweigh: 1.2 })
    expect(recipe.phraseWeights).toEqual([{ phrase: 'balloon', weight: 1.2 }])
    expect(recipe.template).toBe(typed)
    expect(recipe.prompt).toBe('a (balloon:1.2) and a tiger in the desert')
    expect(recipe.notes).toEqual(['phrases-weighed: balloon 1.2'])
    const again = await draw({ prompt: recipe.prompt })
    expect(again.picture).toEqual(picture)
    const plain = await draw({ prompt: typed })
    expect(plain.picture).not.toEqual(picture)
    expect(plain.recipe).not.toHaveProperty('phraseWeights')
  })
})
