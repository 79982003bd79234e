import type { FirstMark } from '../../engine/alignment/first-marks.ts'
import { stretch } from '../../engine/alignment/heat-map.ts'
import { enlargeHeat, labelPixels } from '../../engine/alignment/masks-from-heat.ts'
import { openModel } from '../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import { generateRequestSchema, type RawPicture } from '../../engine/contract/records.ts'
import { alignImage, defaultAlignOptions } from '../../engine/methods/align-image.ts'
import { generateImage } from '../../engine/methods/generate-image.ts'
import type { GenerateInput } from '../../engine/methods/generate-input.ts'
import { promptEncoder } from '../../engine/methods/prompt-encoder.ts'
import { reweighImage } from '../../engine/methods/reweigh-image.ts'
import { openMachine } from '../../engine/runtime/open-machine.ts'
import { areaUnderCurve } from './area-under-curve.ts'
import type { Evaluation, EvaluationItem, EvaluationRow } from './evaluation.ts'
import { intersectionOverUnion, openObjectJudge } from './judge-objects.ts'
import { meanWithInterval } from './mean-with-interval.ts'
import { randomLayouts } from './random-layouts.ts'

interface MarksItem extends EvaluationItem {
  readonly index: number
}

interface MarkedWord {
  readonly word: string
  /** Whether the segmenter sees at least 64 pixels of it. */
  readonly isFound: boolean
  /** Of the words' attention. */
  readonly share: number
  /** Largest attention to the word. */
  readonly peak: number
  /** ELBO score in the prompt. */
  readonly score: number
  /** Of the mask from its attention with the segmenter's pixels. */
  readonly iou: number
}

interface MarksRow extends EvaluationRow {
  readonly words: readonly MarkedWord[]
  /** Which objects are found with phrases weighed. */
  readonly reweighed: readonly boolean[]
  /** Weights of the picture that was kept; empty when that is the first one. */
  readonly weights: readonly unknown[]
}

const promptCount = 60
const seedsPerPrompt = 2
const reweigh = 1.2
/** None that a threshold was chosen on. */
const firstSeed = 10_000
const leastPixels = 64
const threshold = 0.4

/** Everything that one run needs, opened at the first picture. */
const open = async () => {
  const machine = openMachine(await openModel(starterModelPath()), { threads: 1 })
  const judge = await openObjectJudge(starterModelPath())
  // Prompts of two and three objects.
  const prompts = randomLayouts(promptCount * 2, judge.classes).filter(({ classes }) => classes.length > 1)
  return { machine, judge, encoder: promptEncoder(machine), prompts: prompts.slice(0, promptCount) }
}
let opened: ReturnType<typeof open> | undefined
type Opened = Awaited<ReturnType<typeof open>>

const measure = async ({ index }: MarksItem): Promise<object> => {
  const tools = await (opened ??= open())
  const { judge, prompts } = tools
  const drawn = prompts[index % prompts.length]
  if (drawn === undefined) throw new RangeError(`no prompt ${index}`)
  const words = drawn.classes.map((found) => judge.classes[found] ?? '')
  const isFound = async (picture: RawPicture): Promise<readonly boolean[]> => {
    const seen = await judge.classesOf(picture)
    return drawn.classes.map((wanted) => seen.filter((found) => found === wanted).length >= leastPixels)
  }
  const { picture, marks: all } = await generateImage(inputOf(tools, drawn.prompt, index))
  const marks = words.flatMap((word) => all.filter((mark) => mark.word === word))
  const began = performance.now()
  const reweighed = await reweighImage(inputOf(tools, drawn.prompt, index, reweigh))
  const reweighSeconds = (performance.now() - began) / 1000
  const scores = await scoresOf(tools, picture, drawn.prompt, words)
  const found = await isFound(picture)
  const ious = iousOf(marks, await judge.classesOf(picture), drawn.classes, judge.side)
  return {
    prompt: drawn.prompt,
    words: words.map((word, i) => ({
      word,
      isFound: found[i],
      share: marks[i]?.share,
      peak: Math.max(...(marks[i]?.map.data ?? [])),
      score: scores[i],
      iou: ious[i],
    })),
    reweighed: await isFound(reweighed.picture),
    weights: reweighed.weights,
    notes: reweighed.notes,
    reweighSeconds,
  }
}

/** As the studio draws: 20 steps of DDIM at scale 5, the attention to the words watched. */
const inputOf = ({ machine, encoder }: Opened, prompt: string, index: number, strength?: number): GenerateInput => ({
  machine,
  prompts: encoder,
  request: generateRequestSchema.parse({ prompt, steps: 20, sampler: 'ddim', cfgScale: 5, reweigh: strength }),
  seed: BigInt(firstSeed + index),
  wantsMarks: true,
  run: { signal: new AbortController().signal, progress: () => undefined },
})

const scoresOf = async (
  { machine, encoder }: Opened,
  picture: RawPicture,
  prompt: string,
  words: readonly string[],
): Promise<readonly number[]> => {
  const run = { signal: new AbortController().signal, progress: () => undefined }
  const options = { ...defaultAlignOptions, mapSteps: 1 }
  const { report } = await alignImage({ machine, prompts: encoder, picture, prompt, words, options, run })
  return report.words.map(({ score }) => score.value)
}

/** IoU of each word's mask from its attention alone with the segmenter's pixels. */
const iousOf = (
  marks: readonly FirstMark[],
  seen: Uint8Array,
  classes: readonly number[],
  side: number,
): readonly number[] => {
  const heats = marks.map(({ map }) => enlargeHeat(stretch(map), { width: side, height: side }))
  const { data } = labelPixels(heats, threshold)
  return classes.map((wanted, i) =>
    intersectionOverUnion(
      (pixel) => data[pixel] === i,
      (pixel) => seen[pixel] === wanted,
      seen.length,
    ),
  )
}

const isWhole = ({ words }: MarksRow): boolean => words.every(({ isFound }) => isFound)

const gain = (before: boolean, after: boolean | undefined): number => Number(after === true) - Number(before)

const summarize = (rows: readonly MarksRow[]): object => {
  const words = rows.flatMap((row) => row.words)
  const [found, missing] = [words.filter(({ isFound }) => isFound), words.filter(({ isFound }) => !isFound)]
  const auc = (of: (word: MarkedWord) => number): number => areaUnderCurve(found.map(of), missing.map(of))
  return {
    pictures: rows.length,
    words: words.length,
    found: meanWithInterval(rows.map((row) => row.words.map(({ isFound }) => Number(isFound)))),
    reweighed: {
      found: meanWithInterval(rows.map((row) => row.reweighed.map(Number))),
      foundGain: meanWithInterval(rows.map((row) => row.words.map((word, i) => gain(word.isFound, row.reweighed[i])))),
      allFoundPlain: meanWithInterval(rows.map((row) => [Number(isWhole(row))])),
      allFound: meanWithInterval(rows.map((row) => [Number(row.reweighed.every(Boolean))])),
      allFoundGain: meanWithInterval(rows.map((row) => [gain(isWhole(row), row.reweighed.every(Boolean))])),
      drawnAgainAndKept: rows.filter(({ weights }) => weights.length > 0).length,
    },
    areaUnderCurve: {
      share: auc(({ share }) => share),
      peak: auc(({ peak }) => peak),
      score: auc(({ score }) => score),
    },
    iouOfFound: meanWithInterval(
      rows
        .map((row) => row.words.filter(({ isFound }) => isFound).map(({ iou }) => iou))
        .filter((ious) => ious.length > 0),
    ),
  }
}

export const evaluation: Evaluation<MarksItem> = {
  about: `${promptCount * seedsPerPrompt} generated pictures of two or three objects: what their own attention says, and whether weighing phrases helps`,
  items: async () => Array.from({ length: promptCount * seedsPerPrompt }, (_, index) => ({ id: `${index}`, index })),
  measure,
  summarize: (rows) => summarize(rows as readonly unknown[] as readonly MarksRow[]), // what `measure` returned
  close: async () => {
    const { machine, judge } = await (opened ?? open())
    await machine.close()
    await judge.close()
  },
}
