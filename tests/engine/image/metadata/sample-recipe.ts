import { recipeSchema } from '../../../../engine/contract/records.ts'
import type { Recipe } from '../../../../engine/contract/records.ts'

/** A recipe as the worker makes it, with whatever a test wants otherwise. */
export const sampleRecipe = (changes: Partial<Recipe> = {}): Recipe =>
  recipeSchema.parse({
    version: 1,
    kind: 'generate',
    appVersion: '0.1.0',
    prompt: 'a cat on a meadow',
    negative: '',
    model: { name: 'starter', hash: 'ab12cd34ef'.padEnd(64, '0') },
    seed: '18446744073709551615',
    steps: 20,
    cfgScale: 5,
    sampler: 'ddim',
    schedule: 'leading',
    width: 128,
    height: 96,
    guidance: 'cfg',
    guidanceRescale: 0,
    loras: [],
    steering: 'none',
    device: 'cpu',
    durationMs: 812,
    ...changes,
  })
