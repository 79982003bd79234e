import { FirstMarks, type FirstMark } from '../../engine/alignment/first-marks.ts'
import { stretch } from '../../engine/alignment/heat-map.ts'
import { enlargeHeat, labelPixels } from '../../engine/alignment/masks-from-heat.ts'
import { openModel } from '../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import type { RawPicture } from '../../engine/contract/records.ts'
import { regionSteering } from '../../engine/diffusion/steering/region-steering.ts'
import type { Denoiser } from '../../engine/machine/denoiser.ts'
import { alignImage, defaultAlignOptions } from '../../engine/methods/align-image.ts'
import { wordTokens } from '../../engine/methods/align-maps.ts'
import { reweighingDenoiser } from '../../engine/methods/align-reweigh.ts'
import { promptEncoder } from '../../engine/methods/prompt-encoder.ts'
import { conditioningAt, promptedDenoiser } from '../../engine/methods/prompted-denoiser.ts'
import { openMachine } from '../../engine/runtime/open-machine.ts'
import { areaUnderCurve } from './area-under-curve.ts'
import { drawPrompt, evaluationSchedule } from './draw-prompt.ts'
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
  /** For each strength of the weights, which objects are found. */
  readonly reweighed: Readonly<Record<string, readonly boolean[]>>
}

const promptCount = 60
const strengths = [1.2, 1.5]
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
  const drawn = prompts[index]
  if (drawn === undefined) throw new RangeError(`no prompt ${index}`)
  const words = drawn.classes.map((found) => judge.classes[found] ?? '')
  const isFound = async (picture: RawPicture): Promise<readonly boolean[]> => {
    const seen = await judge.classesOf(picture)
    return drawn.classes.map((wanted) => seen.filter((found) => found === wanted).length >= leastPixels)
  }
  const { picture, marks } = await drawMarked(tools, drawn.prompt, words, BigInt(index))
  const reweighed: Record<string, readonly boolean[]> = {}
  for (const strength of strengths) {
    reweighed[strength] = await isFound(await drawReweighed(tools, drawn.prompt, words, BigInt(index), strength))
  }
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
    reweighed,
  }
}

/** Both sides of guidance, plain. */
const sidesOf = async ({ machine, encoder }: Opened, prompt: string) => {
  const schedule = evaluationSchedule(machine)
  const encode = (text: string, isNegative: boolean) =>
    encoder.encode(encoder.read(text, { steps: 20, seed: 0n }), { chunks: 1, isNegative })
  const shared = { machine, schedule, size: machine.traits.defaultSize }
  return {
    prompted: { ...shared, prompt: await encode(prompt, false) },
    negative: promptedDenoiser({ ...shared, prompt: await encode('', true) }),
  }
}

const drawMarked = async (tools: Opened, prompt: string, words: readonly string[], seed: bigint) => {
  const { machine, encoder } = tools
  const { prompted, negative } = await sidesOf(tools, prompt)
  const marks = new FirstMarks(wordTokens({ machine, prompts: encoder }, prompt, words))
  const { denoise } = regionSteering({
    paints: false,
    guides: false,
    regionsAt: () => [],
    plain: promptedDenoiser(prompted),
    schedule: prompted.schedule,
    prediction: machine.traits.noise.predictionType,
    attend: (call, level) => machine.attend({ ...call, conditioning: conditioningAt(prompted, level) }),
    onMaps: (maps) => {
      marks.add(maps)
    },
  })
  const picture = await drawPrompt(machine, { conditional: denoise, negative }, seed)
  return { picture, marks: marks.marks() }
}

const drawReweighed = async (
  tools: Opened,
  prompt: string,
  phrases: readonly string[],
  seed: bigint,
  strength: number,
): Promise<RawPicture> => {
  const { machine, encoder } = tools
  const { prompted, negative } = await sidesOf(tools, prompt)
  const conditional: Denoiser = await reweighingDenoiser({
    ...prompted,
    prompts: encoder,
    prompt: encoder.read(prompt, { steps: 20, seed: 0n }),
    phrases,
    encoding: { chunks: 1 },
    weights: { strength, most: strength },
  })
  return drawPrompt(machine, { conditional, negative }, seed)
}

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

const summarize = (rows: readonly MarksRow[]): object => {
  const words = rows.flatMap((row) => row.words)
  const [found, missing] = [words.filter(({ isFound }) => isFound), words.filter(({ isFound }) => !isFound)]
  const auc = (of: (word: MarkedWord) => number): number => areaUnderCurve(found.map(of), missing.map(of))
  return {
    pictures: rows.length,
    words: words.length,
    found: meanWithInterval(rows.map((row) => row.words.map(({ isFound }) => Number(isFound)))),
    foundReweighed: Object.fromEntries(
      strengths.map((strength) => [
        strength,
        meanWithInterval(rows.map(({ reweighed }) => (reweighed[strength] ?? []).map(Number))),
      ]),
    ),
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
  about: `${promptCount} generated pictures of two or three objects: what their own attention says, and whether weighing phrases helps`,
  items: async () => Array.from({ length: promptCount }, (_, index) => ({ id: `${index}`, index })),
  measure,
  summarize: (rows) => summarize(rows as readonly unknown[] as readonly MarksRow[]), // what `measure` returned
  close: async () => {
    const { machine, judge } = await (opened ?? open())
    await machine.close()
    await judge.close()
  },
}
