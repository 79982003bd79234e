import { AlignmentMean, type MeanMaps } from '../../engine/alignment/alignment-mean.ts'
import { exponentsOf, positionsOfWords } from '../../engine/alignment/calibrate-words.ts'
import { heatOf } from '../../engine/alignment/heat-map.ts'
import { enlargeHeat, labelPixels } from '../../engine/alignment/masks-from-heat.ts'
import { noisyLatents, probeSteps, type ProbeStep } from '../../engine/alignment/probe-steps.ts'
import { noiseCurve } from '../../engine/diffusion/noise-curve.ts'
import { defaultAlignOptions, mapRange } from '../../engine/methods/align-image.ts'
import { wordTokens } from '../../engine/methods/align-maps.ts'
import { encodeCaptions, type ProbedPicture } from '../../engine/methods/align-probe.ts'
import type { NdArray } from '../../engine/tensor/nd-array.ts'
import type { AlignScene } from './align-scenes.ts'
import { intersectionOverUnion } from './judge-objects.ts'
import type { ScoredScene } from './score-scene.ts'
import { thresholds, type MapKind } from './summarize-alignment.ts'

/** IoU of every object at each threshold, for each way of making maps. */
export const mapScene = async (picture: ProbedPicture, scene: AlignScene, decoy: string, { losses }: ScoredScene) => {
  const named = scene.objects.map(({ word }) => word)
  const { strength } = defaultAlignOptions
  const inPrompt = exponentsOf(positionsOfWords(losses.inPrompt), strength)
  const alone = exponentsOf(positionsOfWords(losses.alone), strength)
  const plain = named.map(() => 1)
  const own = await collectBoth(picture, scene.caption, named)
  const withDecoy = await collectBoth(picture, `${scene.caption} and ${decoy}`, [...named, decoy])
  const heats = ({ words, places }: MeanMaps, exponents: readonly number[]): readonly NdArray[] =>
    words.map((map, i) => heatOf(map, exponents[i] ?? 1, places))
  const kinds: Record<MapKind, readonly NdArray[]> = {
    plain: heats(own.up, plain),
    calibrated: heats(own.up, inPrompt),
    calibratedAlone: heats(own.up, alone),
    middlePlain: heats(own.middle, plain),
    middleCalibrated: heats(own.middle, inPrompt),
    decoyKept: heats(withDecoy.up, inPrompt),
    decoyIgnored: heats(withDecoy.up, inPrompt).slice(0, named.length),
  }
  const ious = Object.fromEntries(Object.entries(kinds).map(([kind, found]) => [kind, iousOf(scene, found)]))
  return { ious, kept: { plain: kinds.plain, calibrated: kinds.calibrated } }
}

/** Mean maps from the same runs, once for each choice of layers. */
const collectBoth = async (picture: ProbedPicture, caption: string, words: readonly string[]) => {
  const { machine, latents } = picture
  const tokens = wordTokens(picture, caption, words)
  const conditioning = (await encodeCaptions(picture, [caption])).get(caption)
  if (conditioning === undefined) throw new RangeError('every caption was encoded')
  const up = new AlignmentMean(tokens, 'up')
  const middle = new AlignmentMean(tokens, 'middle')
  const steps: readonly ProbeStep[] = probeSteps({
    alphasCumprod: noiseCurve(machine.traits.noise).alphasCumprod,
    count: defaultAlignOptions.mapSteps,
    ...mapRange,
    shape: latents.shape,
    seed: 1n,
  })
  for (const step of steps) {
    const sample = noisyLatents(latents, step)
    const call = { sample, timestep: step.timestep, conditioning, wantsMaps: false, wantsAlignment: true }
    const { alignment } = await machine.attend(call)
    if (alignment === undefined) throw new RangeError('alignment maps were asked for')
    up.add(alignment)
    middle.add(alignment)
  }
  return { up: up.mean(), middle: middle.mean() }
}

/** For each object, one IoU for each threshold. */
const iousOf = ({ objects, mask, picture }: AlignScene, heats: readonly NdArray[]): readonly (readonly number[])[] => {
  const enlarged = heats.map((heat) => enlargeHeat(heat, picture))
  const labels = thresholds.map((threshold) => labelPixels(enlarged, threshold).data)
  return objects.map(({ class: found }, i) =>
    labels.map((label) => {
      const iou = intersectionOverUnion(
        (pixel) => label[pixel] === i,
        (pixel) => mask[pixel] === found,
        mask.length,
      )
      return Math.round(iou * 1e4) / 1e4
    }),
  )
}
