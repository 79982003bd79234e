import { proposeRegion } from '../alignment/propose-region.ts'
import type { HeatGrid } from '../alignment/heat-grid.ts'
import { findPhrase } from '../prompt/find-phrase.ts'
import { parsePrompt } from '../prompt/parse-prompt.ts'
import { type StudioDocument, withRegion, withSetup } from './studio-document.ts'

export const fixKinds = ['weight', 'region', 'seed'] as const
export type FixKind = (typeof fixKinds)[number]

export interface Fix {
  readonly kind: FixKind
  /** The document with the change and nothing else. */
  readonly document: StudioDocument
  /** What was changed, for people: a weight, a strength or a seed; null for a new region. */
  readonly value: string | null
}

/** What the three fixes of a word are made of; the same input gives the same fixes. */
export interface FixInput {
  readonly word: string
  /** Seed of the picture that is to be mended. */
  readonly seed: string
  readonly newSeed: string
  readonly newId: string
  /** Maps of the other words, which shall keep their places. */
  readonly others: readonly HeatGrid[]
}

const weightOfFix = 1.3
const strongestWeight = 1.6
const strengthFactor = 1.5
const strongestRegion = 2

/** Three ways to help a word that a picture ignored: more weight, a stronger region or one of its own, another seed. */
export function fixesFor(document: StudioDocument, input: FixInput): readonly Fix[] {
  const seeded = withSetup(document, { seed: input.seed })
  return [
    weighWord(seeded, input.word),
    strengthenRegion(seeded, input),
    { kind: 'seed', document: withSetup(document, { seed: input.newSeed }), value: input.newSeed },
  ]
}

/** The word's first occurrence at 1.3; one that is heavier already gains 0.2, up to 1.6. A word that is missing is added. */
function weighWord(document: StudioDocument, word: string): Fix {
  const { prompt } = document
  const [span] = findPhrase(prompt, word)
  if (span === undefined) {
    return {
      kind: 'weight',
      document: { ...document, prompt: `${prompt}, (${word}:${weightOfFix})` },
      value: String(weightOfFix),
    }
  }
  const around = parsePrompt(prompt).weights.findLast(
    ({ innerFrom, innerTo }) => innerFrom <= span.from && innerTo >= span.to,
  )
  const old = around?.weight ?? 1
  const weight = old < weightOfFix ? weightOfFix : Math.min(strongestWeight, Math.round((old + 0.2) * 100) / 100)
  const outer = around ?? { from: span.from, to: span.to, innerFrom: span.from, innerTo: span.to }
  const words = prompt.slice(outer.innerFrom, outer.innerTo)
  const changed = `${prompt.slice(0, outer.from)}(${words}:${weight})${prompt.slice(outer.to)}`
  return { kind: 'weight', document: { ...document, prompt: changed }, value: String(weight) }
}

function strengthenRegion(document: StudioDocument, { word, newId, others }: FixInput): Fix {
  const region = document.regions.find(
    ({ phrase, mask }) => phrase.trim().toLowerCase() === word.toLowerCase() && mask.tiles.size > 0,
  )
  if (region === undefined) {
    const proposed = proposeRegion(document, { id: newId, phrase: word, others })
    return { kind: 'region', document: { ...document, regions: [...document.regions, proposed] }, value: null }
  }
  const strength = Math.min(strongestRegion, Math.round(region.strength * strengthFactor * 100) / 100)
  const value = String(strength)
  return { kind: 'region', document: withRegion(document, region.id, { strength, isVisible: true }), value }
}
