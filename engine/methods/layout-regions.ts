import { EngineError } from '../contract/failures.ts'
import type { Layout, LayoutRegion } from '../contract/layout.ts'
import type { RawPicture } from '../contract/records.ts'
import type { SteeredRegion } from '../diffusion/steering/region-steering.ts'
import type { Machine } from '../machine/machine.ts'
import { appendPhrases, type CompletedPrompt } from '../text/append-phrases.ts'
import { findPhrase } from '../text/find-phrase.ts'
import type { PromptReader, ReadPrompt } from './read-prompts.ts'
import { shapeCoverage, type Coverage } from './region-shape.ts'

/** A layout made ready for one model and one prompt. */
export interface PreparedLayout {
  readonly prompt: ReadPrompt
  /** For each stage of the prompt, the regions whose phrase stands in it. */
  readonly stages: readonly (readonly PlacedRegion[])[]
  readonly notes: readonly string[]
}

/** A region with its words found. */
export interface PlacedRegion extends SteeredRegion {
  readonly id: string
}

interface LayoutInput {
  readonly machine: Machine
  readonly prompts: PromptReader
  readonly layout: Layout
  readonly prompt: string
  readonly steps: number
  readonly seed: bigint
  /** Of the picture, in pixels. */
  readonly size: { readonly width: number; readonly height: number }
  /** Pixels of mask regions by region id. */
  readonly masks: Readonly<Record<string, RawPicture>>
}

/**
 * Finds every region's words in the prompt (a phrase that is not there is appended, and that is said) and its coverage.
 *
 * @throws EngineError 'bad-argument' for a region that covers nothing or an occurrence that the prompt does not have,
 *         'prompt-invalid'
 */
export const prepareLayout = (input: LayoutInput): PreparedLayout => {
  const { machine, prompts, layout, steps, seed } = input
  const [tower] = machine.traits.towers
  if (tower === undefined)
    throw new EngineError('model-incomplete', { where: 'regions', found: 'a model without a text encoder' })
  const tokenizer = prompts.tokenizer(tower)
  const settings = { steps, seed }
  const { prompt: text, appended } = appendPhrases(
    tokenizer,
    input.prompt,
    layout.regions.map(({ phrase }) => phrase),
    settings,
  )
  const prompt = prompts.read(text, settings)
  const coverages = new Map(layout.regions.map((region) => [region.id, regionCoverage(region, input)]))
  const stages = prompt.stages.map(({ towers }) => {
    const [chunked] = towers
    return layout.regions.flatMap((region): PlacedRegion[] => {
      const found = chunked === undefined ? [] : findPhrase(tokenizer, chunked, region.phrase)
      const place = found[region.occurrence]
      const coverage = coverages.get(region.id)
      if (place === undefined || coverage === undefined) return []
      const { id, strength, from, to } = region
      return [{ id, strength, from, to, coverage, tokens: place.positions }]
    })
  })
  refuseUnplaced(layout.regions, stages)
  return {
    prompt,
    stages,
    notes: [...notesOfAppended({ appended }), ...smallNotes(input, coverages)],
  }
}

/** What is said of phrases that regions brought into the prompt. */
export const notesOfAppended = ({ appended }: Pick<CompletedPrompt, 'appended'>): readonly string[] =>
  appended.map((phrase) => `region-phrase-appended: ${phrase}`)

const regionCoverage = ({ id, shape }: LayoutRegion, { layout, masks, size }: LayoutInput): Coverage => {
  const coverage = shapeCoverage({ shape, width: layout.width, height: layout.height, mask: masks[id] })
  if (coverage(size.height, size.width).data.some((share) => share > 0)) return coverage
  throw new EngineError('bad-argument', {
    where: `region "${id}"`,
    found: 'a shape that covers nothing of the picture',
    expected: `something inside ${layout.width} x ${layout.height}`,
    remedy: 'Paint it again or delete it.',
    region: id,
  })
}

const refuseUnplaced = (regions: readonly LayoutRegion[], stages: readonly (readonly PlacedRegion[])[]): void => {
  const placed = new Set(stages.flat().map(({ id }) => id))
  const lost = regions.find(({ id }) => !placed.has(id))
  if (lost === undefined) return
  throw new EngineError('bad-argument', {
    where: `region "${lost.id}"`,
    found: `occurrence ${lost.occurrence} of "${lost.phrase}"`,
    expected: 'one that the prompt has; the first is 0',
    remedy: 'Count the phrase in the prompt, or leave the occurrence out.',
    region: lost.id,
  })
}

/** Smaller than 2 x 2 cells of the largest map, a region is hardly seen. */
const smallNotes = ({ machine, size }: LayoutInput, coverages: ReadonlyMap<string, Coverage>): string[] => {
  const factor = machine.traits.vaeFactor
  const [map] = machine.regionMaps({ height: size.height / factor, width: size.width / factor })
  if (map === undefined) return []
  return [...coverages].flatMap(([id, coverage]) => {
    const cells = coverage(map.height, map.width).data.reduce((sum, share) => sum + share, 0)
    return cells < 4 ? [`region-small: "${id}" has ${cells.toFixed(1)} cells of ${map.width} x ${map.height}`] : []
  })
}
