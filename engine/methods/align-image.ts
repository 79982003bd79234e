import { difference, scoreWord } from '../alignment/word-score.ts'
import { exponentsOf, positionsOfWords } from '../alignment/calibrate-words.ts'
import { heatOf } from '../alignment/heat-map.ts'
import { enlargeHeat, labelPixels } from '../alignment/masks-from-heat.ts'
import { probeSteps } from '../alignment/probe-steps.ts'
import { noiseCurve } from '../diffusion/noise-curve.ts'
import type { RawPicture } from '../contract/records.ts'
import type { AlignmentReport, WordScore } from '../machine/alignment-report.ts'
import type { Machine } from '../machine/machine.ts'
import type { Run } from '../machine/run.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { alignCaptions, type AlignCaptions, type WordCaptions } from './align-captions.ts'
import { collectMaps, wordTokens } from './align-maps.ts'
import { encodePicture } from './align-picture.ts'
import { encodeCaptions, probeErrors, type ProbedPicture } from './align-probe.ts'
import type { PromptEncoder } from './prompt-encoder.ts'

export interface AlignOptions {
  /** Noise levels of the scores, at least 2. */
  readonly steps: number
  /** Noise levels of the maps, at least 1. */
  readonly mapSteps: number
  /** How far the map of the worst aligned word is sharpened, at least 1; 1 leaves all maps alone. */
  readonly strength: number
  /** Heat from which on a pixel belongs to a word, 0 … 1; the model's measured one, or 0.4, when absent. */
  readonly threshold?: number | undefined
  /** Of the noise that all captions share. */
  readonly seed: bigint
}

export const defaultAlignOptions: AlignOptions = { steps: 12, mapSteps: 5, strength: 3, seed: 0n }

export interface AlignInput {
  readonly machine: Machine
  readonly prompts: PromptEncoder
  /** Of any size. */
  readonly picture: RawPicture
  /** What the picture should show; blank: each word is judged alone. */
  readonly prompt: string
  /** Words or phrases to judge; those of the prompt when absent. */
  readonly words?: readonly string[] | undefined
  readonly options: AlignOptions
  readonly run: Run
}

/** Where a word is in the picture. */
export interface WordHeat {
  /** Calibrated, 0 … 1, [h, w] of the network's largest map. */
  readonly heat: NdArray
  /** As the attention has it, without calibration, 0 … 1, [h, w]. */
  readonly plainHeat: NdArray
}

export interface AlignedImage {
  readonly report: AlignmentReport
  /** One for each word of the report. */
  readonly heats: readonly WordHeat[]
  /** Index of the word that each pixel belongs to, -1 for none, [H, W] of the picture. Ignored words own nothing. */
  readonly labels: NdArray<Int32Array>
  /** Remarks of the prompt's reader. */
  readonly notes: readonly string[]
}

/** Noise levels of the scores and of the maps, as shares of the training steps. */
export const scoreRange = { from: 0.06, to: 0.9 } as const
export const mapRange = { from: 0.02, to: 0.2 } as const
const defaultThreshold = 0.4

/**
 * How well a picture shows each word of a prompt: a score with its standard error from the network's error with and
 * without the word, and a heat map from its attention, sharpened the worse the word is aligned.
 *
 * @throws EngineError 'cancelled', 'bad-argument', 'prompt-invalid', 'numbers-not-finite', and what the machine refuses
 * @source Zhang et al. 2025, arXiv:2506.09740; docs/methods/alignment.md says what differs
 */
export const alignImage = async (input: AlignInput): Promise<AlignedImage> => {
  const { machine, prompts, prompt, words, options } = input
  const [tower] = machine.traits.towers
  if (tower === undefined) throw new RangeError('a model has a text tower')
  const captions = alignCaptions({ traits: machine.traits, tokenizer: prompts.tokenizer(tower), prompt, words })
  const picture = await probedPicture(input, captions)
  const errors = await errorsOf(picture, captions, options)
  const scores = captions.words.map((word) => scoreOf(word, errors, machine.traits.alignment?.presentScore))
  const exponents = exponentsOf(
    positionsOfWords(captions.words.map((word) => lossesOf(word, errors))),
    options.strength,
  )
  const heats = await heatsOf(picture, captions, exponents, options)
  const threshold = options.threshold ?? machine.traits.alignment?.threshold ?? defaultThreshold
  const labels = labelsOf(heats, scores, input.picture, threshold)
  return {
    report: reportOf(captions, { scores, exponents, labels, threshold, options }),
    heats,
    labels,
    notes: prompts.read(prompt, { steps: 1, seed: 0n }).notes,
  }
}

/** Latents of the picture, and a count of what is done: the encoding, each caption at each level, each level of the maps. */
const probedPicture = async (
  { machine, prompts, picture, options, run }: AlignInput,
  captions: AlignCaptions,
): Promise<ProbedPicture> => {
  const { latents, size } = await encodePicture(machine, picture, run.signal)
  const total = 1 + options.steps * distinctCaptions(captions).length + options.mapSteps
  let done = 0
  const ran = (): void => {
    done += 1
    run.progress({ done, total, stage: 'align' })
  }
  ran()
  return { machine, prompts, latents, size, signal: run.signal, ran }
}

type Errors = ReadonlyMap<string, readonly number[]>

const distinctCaptions = ({ words }: AlignCaptions): readonly string[] => [
  ...new Set(['', ...words.flatMap(({ withWord, withoutWord }) => [withWord, withoutWord])]),
]

const errorsOf = async (
  picture: ProbedPicture,
  captions: AlignCaptions,
  { steps: count, seed }: AlignOptions,
): Promise<Errors> => {
  const { alphasCumprod } = noiseCurve(picture.machine.traits.noise)
  const steps = probeSteps({ alphasCumprod, count, ...scoreRange, shape: picture.latents.shape, seed })
  return probeErrors(picture, steps, await encodeCaptions(picture, distinctCaptions(captions)))
}

const errorsAt = (errors: Errors, caption: string): readonly number[] => errors.get(caption) ?? []

const scoreOf = ({ withWord, withoutWord }: WordCaptions, errors: Errors, present: number | undefined): WordScore =>
  scoreWord(
    { withWord: errorsAt(errors, withWord), withoutWord: errorsAt(errors, withoutWord), empty: errorsAt(errors, '') },
    present,
  )

/** What the word changes: the smaller, the better it is aligned. */
const lossesOf = ({ withWord, withoutWord }: WordCaptions, errors: Errors): readonly number[] =>
  difference(errorsAt(errors, withWord), errorsAt(errors, withoutWord))

const heatsOf = async (
  picture: ProbedPicture,
  { whole, words }: AlignCaptions,
  exponents: readonly number[],
  { mapSteps: count, seed }: AlignOptions,
): Promise<readonly WordHeat[]> => {
  const { alphasCumprod } = noiseCurve(picture.machine.traits.noise)
  const steps = probeSteps({ alphasCumprod, count, ...mapRange, shape: picture.latents.shape, seed: seed + 1n })
  const tokens = wordTokens(
    picture,
    whole,
    words.map(({ word }) => word),
  )
  const conditioning = (await encodeCaptions(picture, [whole])).get(whole)
  if (conditioning === undefined) throw new RangeError('every caption was encoded')
  const { words: maps, places } = await collectMaps(picture, steps, conditioning, tokens)
  return maps.map((map, i) => ({
    heat: heatOf(map, exponents[i] ?? 1, places),
    plainHeat: heatOf(map, 1, places),
  }))
}

/** A word that the picture does not show has a hottest place too, but no mask. */
const labelsOf = (
  heats: readonly WordHeat[],
  scores: readonly WordScore[],
  { width, height }: RawPicture,
  threshold: number,
): NdArray<Int32Array> => {
  const enlarged = heats.map(({ heat }, i) =>
    scores[i]?.verdict === 'ignored'
      ? { shape: [height, width], data: new Float32Array(height * width).fill(-1) }
      : enlargeHeat(heat, { width, height }),
  )
  return labelPixels(enlarged, threshold)
}

interface Judged {
  readonly scores: readonly WordScore[]
  readonly exponents: readonly number[]
  readonly labels: NdArray<Int32Array>
  readonly threshold: number
  readonly options: AlignOptions
}

const reportOf = (
  { form, words }: AlignCaptions,
  { scores, exponents, labels, threshold, options }: Judged,
): AlignmentReport => ({
  form,
  words: words.flatMap(({ word, isAppended }, i) => {
    const score = scores[i]
    const pixels = labels.data.reduce((count, label) => count + (label === i ? 1 : 0), 0)
    const maskShare = pixels / labels.data.length
    return score === undefined ? [] : [{ word, isAppended, score, exponent: exponents[i] ?? 1, maskShare }]
  }),
  steps: options.steps,
  mapSteps: options.mapSteps,
  threshold,
})
