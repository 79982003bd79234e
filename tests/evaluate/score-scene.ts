import { classifyPrompts } from '../../engine/alignment/classify-prompts.ts'
import { probeSteps } from '../../engine/alignment/probe-steps.ts'
import { difference, scoreWord } from '../../engine/alignment/word-score.ts'
import { noiseCurve } from '../../engine/diffusion/noise-curve.ts'
import { alignCaptions, type WordCaptions } from '../../engine/methods/align-captions.ts'
import { defaultAlignOptions, scoreRange } from '../../engine/methods/align-image.ts'
import { encodeCaptions, probeErrors, type ProbedPicture } from '../../engine/methods/align-probe.ts'
import { contentPhrases } from '../../engine/text/content-phrases.ts'
import { readPrompt } from '../../engine/text/read-prompt.ts'
import type { AlignScene } from './align-scenes.ts'
import type { Estimate } from './summarize-alignment.ts'

export type ScoredScene = Awaited<ReturnType<typeof scoreScene>>

/** Scores of a scene's words, of words that it lacks and of its background, in the caption and alone; and which caption fits. */
export const scoreScene = async (picture: ProbedPicture, scene: AlignScene, absent: readonly string[]) => {
  const named = scene.objects.map(({ word }) => word)
  const captions = captionsOf(picture, scene, [...named, ...absent, ...backgroundsOf(scene)])
  const swapped = absent.map((word) => scene.caption.replace(named[0] ?? '', word))
  const objects = captions.slice(0, named.length + absent.length)
  const texts = [
    ...captions.flatMap(({ withWord, withoutWord }) => [withWord, withoutWord]),
    ...objects.map(({ alone }) => alone),
  ]
  const steps = stepsOf(picture)
  const encoded = await encodeCaptions(picture, ['', scene.caption, ...texts, ...swapped])
  const errors = await probeErrors(picture, steps, encoded)
  const errorsOf = (caption: string): readonly number[] => errors.get(caption) ?? []
  const estimate = (withWord: string, withoutWord: string): Estimate => {
    const [given, missing, empty] = [errorsOf(withWord), errorsOf(withoutWord), errorsOf('')]
    const { value, standardError } = scoreWord({ withWord: given, withoutWord: missing, empty })
    return { score: value, standardError }
  }
  const dimensions = picture.latents.data.length
  const [first] = classifyPrompts({ errors: [scene.caption, ...swapped].map(errorsOf), steps, dimensions })
  const inPrompt = captions.map(({ withWord, withoutWord }) => estimate(withWord, withoutWord))
  const alone = objects.map((caption) => estimate(caption.alone, ''))
  const words = captions.slice(0, named.length)
  const [absentFrom, backgroundFrom] = [named.length, named.length + absent.length]
  return {
    named: inPrompt.slice(0, absentFrom),
    absent: inPrompt.slice(absentFrom, backgroundFrom),
    backgrounds: inPrompt.slice(backgroundFrom),
    alone: { named: alone.slice(0, absentFrom), absent: alone.slice(absentFrom) },
    chosen: { isRight: first?.behind.value === 0, posterior: first?.posterior.value ?? NaN },
    losses: {
      inPrompt: words.map(({ withWord, withoutWord }) => difference(errorsOf(withWord), errorsOf(withoutWord))),
      alone: words.map((caption) => errorsOf(caption.alone)),
    },
  }
}

const captionsOf = (
  { machine, prompts }: ProbedPicture,
  { caption }: AlignScene,
  words: readonly string[],
): readonly WordCaptions[] => {
  const [tower] = machine.traits.towers
  if (tower === undefined) throw new RangeError('a model has a text tower')
  return alignCaptions({ traits: machine.traits, tokenizer: prompts.tokenizer(tower), prompt: caption, words }).words
}

/** What the caption names beside the objects, such as "green" or "sandy beach". */
const backgroundsOf = ({ caption, objects }: AlignScene): readonly string[] =>
  contentPhrases(readPrompt(caption, { steps: 1, seed: 0n }).stages[0]?.segments ?? []).filter(
    (phrase) => !objects.some(({ word }) => phrase.includes(word)),
  )

const stepsOf = ({ machine, latents }: ProbedPicture) =>
  probeSteps({
    alphasCumprod: noiseCurve(machine.traits.noise).alphasCumprod,
    count: defaultAlignOptions.steps,
    ...scoreRange,
    shape: latents.shape,
    seed: 0n,
  })
