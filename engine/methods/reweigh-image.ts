import { raiseWeights, unshownPhrases, type PhraseWeight } from '../alignment/phrase-weights.ts'
import type { GenerateRequest } from '../contract/records.ts'
import { phrasesOf } from './align-captions.ts'
import { alignImage, defaultAlignOptions } from './align-image.ts'
import { appendPhrases, type CompletedPrompt } from '../text/append-phrases.ts'
import { notesOfAppended } from './layout-regions.ts'
import { drawRequest } from './draw-request.ts'
import { generateImage, type GeneratedImage } from './generate-image.ts'
import type { GenerateInput, GenerateRun } from './generate-input.ts'
import { weighPrompt } from './weigh-prompt.ts'

export interface ReweighedImage extends GeneratedImage {
  /** What draws this very picture without looking: the weights stand in its prompt. */
  readonly request: GenerateRequest
  /** Of the phrases that weigh more than they did; empty where the first picture was kept. */
  readonly weights: readonly PhraseWeight[]
}

/** How often a picture is drawn again at most. */
const mostRounds = 2
/** A look is coarser than what the user asks for by `align`: it only has to tell shown from not shown. */
const lookOptions = { ...defaultAlignOptions, steps: 8, mapSteps: 3 }

/**
 * Draws a picture; where the request asks for it (`reweigh` above 1), looks whether the picture shows the phrases of its
 * prompt, by their scores and calibrated maps, gives those that it does not show more weight and draws again from the same
 * noise, at most twice. The picture that leaves fewest phrases out is kept, the earliest of several. A network for
 * inpainting cannot look: then the first picture is kept, and a note says so. Phrases that only regions name, which are
 * appended to the prompt, count like those that were typed. Each drawing tells its own progress, each look that of stage 'look'.
 *
 * @throws EngineError as `generateImage` and, with `reweigh`, as `alignImage`
 * @source Zhang et al. 2025, arXiv:2506.09740, compositional generation; docs/methods/alignment.md says what differs
 */
export const reweighImage = async (input: GenerateInput): Promise<ReweighedImage> => {
  const { reweigh: strength = 1, ...asked } = input.request
  if (strength === 1) return { ...(await generateImage(input)), request: input.request, weights: [] }
  if (input.machine.traits.isInpainting) return withoutLook(input)
  const { request } = drawRequest(asked, input.seed, new Map())
  const drawn = { ...input, request }
  const first = { ...(await generateImage(drawn)), request, weights: [] }
  const whole = withRegionPhrases(drawn)
  return phrasesOf(whole.prompt).length === 0 ? first : weighUntilShown(drawn, { first, whole, strength })
}

const withoutLook = async (input: GenerateInput): Promise<ReweighedImage> => {
  const image = await generateImage(input)
  return { ...image, request: input.request, weights: [], notes: [...image.notes, 'phrases-not-looked-for'] }
}

interface Round {
  readonly image: ReweighedImage
  readonly unshown: readonly string[]
}

interface Asked {
  readonly first: ReweighedImage
  /** The prompt with the phrases of regions that it lacks, as it was drawn. */
  readonly whole: CompletedPrompt
  readonly strength: number
}

const weighUntilShown = async (input: GenerateInput, { first, whole, strength }: Asked): Promise<ReweighedImage> => {
  const [tower] = input.machine.traits.towers
  const { prompts, request, seed } = input
  const { prompt } = whole
  let now: Round = { image: first, unshown: await look(input, prompt, first) }
  let best = now
  let weights: readonly PhraseWeight[] = []
  for (let round = 0; round < mostRounds && now.unshown.length > 0 && tower !== undefined; round += 1) {
    weights = raiseWeights(weights, now.unshown, strength)
    const weighed = weighPrompt({ prompts, tower, prompt, steps: request.steps, seed }, weights)
    if (weighed.weights.length === 0 || weighed.prompt === now.image.request.prompt) break
    const heavier = { ...request, prompt: weighed.prompt }
    const drawn = await generateImage({ ...input, request: heavier })
    const notes = [...drawn.notes, ...notesOfAppended(whole)]
    const image = { ...drawn, notes, request: heavier, weights: weighed.weights }
    now = { image, unshown: await look(input, prompt, image) }
    if (now.unshown.length < best.unshown.length) best = now
  }
  return withNotes(best)
}

/** The prompt as it is drawn: what regions name stands at its end where it is not there. */
const withRegionPhrases = ({ machine, prompts, request, seed }: GenerateInput): CompletedPrompt => {
  const { layout, prompt, steps } = request
  const [tower] = machine.traits.towers
  if (layout === undefined || tower === undefined) return { prompt, appended: [] }
  const phrases = layout.regions.map(({ phrase }) => phrase)
  return appendPhrases(prompts.tokenizer(tower), prompt, phrases, { steps, seed })
}

/** What a picture does not show of the prompt, as nobody has weighed it. */
const look = async (
  { machine, prompts, run: drawing }: GenerateInput,
  prompt: string,
  { picture }: GeneratedImage,
): Promise<readonly string[]> => {
  const run: GenerateRun = {
    signal: drawing.signal,
    progress: (part) => {
      drawing.progress({ ...part, stage: 'look' })
    },
  }
  const { report, heats } = await alignImage({ machine, prompts, picture, prompt, options: lookOptions, run })
  const seen = report.words.flatMap(({ word, score }, i) => {
    const heat = heats[i]?.heat
    return heat === undefined ? [] : [{ phrase: word, score, heat }]
  })
  return unshownPhrases(seen, machine.traits.alignment?.presentScore)
}

const withNotes = ({ image, unshown }: Round): ReweighedImage => ({
  ...image,
  notes: [
    ...image.notes,
    ...noteOf(
      'phrases-weighed',
      image.weights.map(({ phrase, weight }) => `${phrase} ${weight}`),
    ),
    ...noteOf('phrases-not-shown', unshown),
  ],
})

const noteOf = (key: string, facts: readonly string[]): readonly string[] =>
  facts.length === 0 ? [] : [`${key}: ${facts.join(', ')}`.slice(0, 200)]
