import { areaUnderCurve } from './area-under-curve.ts'
import type { SceneSet } from './align-scenes.ts'
import { sceneSets } from './align-scenes.ts'
import type { EvaluationRow } from './evaluation.ts'
import { meanWithInterval } from './mean-with-interval.ts'

export interface Estimate {
  readonly score: number
  readonly standardError: number
}

/** `up` layers unless it says `middle`; the decoy is a named word that is not in the picture. */
export const mapKinds = [
  'plain',
  'calibrated',
  'calibratedAlone',
  'middlePlain',
  'middleCalibrated',
  'decoyKept',
  'decoyIgnored',
] as const
export type MapKind = (typeof mapKinds)[number]

/** Heat from which on a pixel belongs to a word. */
export const thresholds: readonly number[] = Array.from(
  { length: 17 },
  (_, i) => Math.round(100 * (0.1 + 0.05 * i)) / 100,
)

export interface AlignRow extends EvaluationRow {
  readonly set: SceneSet
  readonly index: number
  readonly objects: readonly (Estimate & {
    readonly word: string
    /** Of the picture's pixels. */
    readonly share: number
    readonly ious: Readonly<Record<MapKind, readonly number[]>>
  })[]
  readonly absent: readonly Estimate[]
  readonly backgrounds: readonly Estimate[]
  readonly alone: { readonly named: readonly Estimate[]; readonly absent: readonly Estimate[] }
  readonly chosen: { readonly isRight: boolean; readonly posterior: number }
  readonly durationMs: number
}

/** An object below this share of the picture counts as small among the rendered ones: about a 32-pixel square of 128. */
const smallShare = 0.04

/** Scores by set, IoU by way of making maps, and how often the right prompt was chosen. */
export const summarizeAlignment = (rows: readonly AlignRow[]): object => {
  const ofSet = (set: SceneSet): readonly AlignRow[] => rows.filter((row) => row.set === set)
  return {
    scores: Object.fromEntries(sceneSets.map((set) => [set, scoresOf(ofSet(set))])),
    maps: Object.fromEntries(mapKinds.map((kind) => [kind, mapsOf(rows, kind)])),
    classifier: {
      chosenOfThree: mean(rows.map(({ chosen }) => Number(chosen.isRight))),
      meanPosterior: mean(rows.map(({ chosen }) => chosen.posterior)),
      meanNegativeLog: mean(rows.map(({ chosen }) => -Math.log(Math.max(1e-3, chosen.posterior)))),
    },
    medianMs: quantile(
      rows.map(({ durationMs }) => durationMs),
      0.5,
    ),
  }
}

const scoresOf = (rows: readonly AlignRow[]): object => {
  const named = rows.flatMap(({ objects }) => objects)
  const absent = rows.flatMap((row) => row.absent)
  const backgrounds = rows.flatMap((row) => row.backgrounds)
  const values = (estimates: readonly Estimate[]): readonly number[] => estimates.map(({ score }) => score)
  const certain = (estimates: readonly Estimate[]): number =>
    mean(estimates.map(({ score, standardError }) => Number(score >= 2 * standardError)))
  return {
    scenes: rows.length,
    named: named.length,
    absent: absent.length,
    areaUnderCurve: areaUnderCurve(values(named), values(absent)),
    aloneAreaUnderCurve: areaUnderCurve(
      rows.flatMap(({ alone }) => values(alone.named)),
      rows.flatMap(({ alone }) => values(alone.absent)),
    ),
    backgroundAreaUnderCurve: areaUnderCurve(values(backgrounds), values(absent)),
    namedAboveTwoErrors: certain(named),
    absentAboveTwoErrors: certain(absent),
    backgroundsAboveTwoErrors: certain(backgrounds),
    namedScores: quantiles(values(named)),
    absentScores: quantiles(values(absent)),
    backgroundScores: quantiles(values(backgrounds)),
  }
}

const mapsOf = (rows: readonly AlignRow[], kind: MapKind): object => {
  const rendered = rows.filter(({ set }) => set === 'rendered')
  const halves = [0, 1].map((half) => rendered.filter((row) => halfOf(row) === half))
  // The threshold of a scene is that of the half it is not in.
  const [first = 0, second = 0] = halves.map((half) => bestThreshold(half, kind))
  const at = (row: AlignRow): number => (halfOf(row) === 0 ? second : first)
  const over = (group: readonly AlignRow[], isWanted: (object: AlignRow['objects'][number]) => boolean): object => {
    const found = group
      .map((row) => row.objects.filter(isWanted).map(({ ious }) => ious[kind][at(row)] ?? 0))
      .filter((ious) => ious.length > 0)
    return found.length === 0 ? {} : { objects: found.flat().length, ...meanWithInterval(found) }
  }
  const all = (): boolean => true
  return {
    thresholds: [thresholds[first], thresholds[second]],
    rendered: over(rendered, all),
    renderedSmall: over(rendered, ({ share }) => share < smallShare),
    renderedSeveral: over(
      rendered.filter(({ objects }) => objects.length > 1),
      all,
    ),
    // The hidden object comes first, the tiny one second.
    hidden: over(onlyObject(rows, 'occluded', 0), all),
    tiny: over(onlyObject(rows, 'small', 1), all),
  }
}

/** Scenes in groups of five, so that the share of a run holds both halves. */
const halfOf = ({ index }: AlignRow): number => Math.floor(index / 5) % 2

const onlyObject = (rows: readonly AlignRow[], set: SceneSet, place: number): readonly AlignRow[] =>
  rows.filter((row) => row.set === set).map((row) => ({ ...row, objects: row.objects.slice(place, place + 1) }))

/** Index of the threshold with the best mean IoU. */
const bestThreshold = (rows: readonly AlignRow[], kind: MapKind): number => {
  const means = thresholds.map((_, t) =>
    mean(rows.flatMap(({ objects }) => objects.map(({ ious }) => ious[kind][t] ?? 0))),
  )
  return means.indexOf(Math.max(...means))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const quantile = (values: readonly number[], share: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]

const quantiles = (values: readonly number[]): object =>
  Object.fromEntries([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((share) => [`${100 * share} %`, quantile(values, share)]))
