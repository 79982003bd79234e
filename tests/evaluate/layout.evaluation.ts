import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import { openModel } from '../../engine/checkpoint/open-model.ts'
import { generateRequestSchema, type RawPicture, type SteeringKind } from '../../engine/contract/records.ts'
import { generateImage } from '../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../engine/methods/prompt-encoder.ts'
import { openMachine } from '../../engine/runtime/open-machine.ts'
import type { Evaluation, EvaluationItem, EvaluationRow } from './evaluation.ts'
import { intersectionOverUnion, openObjectJudge, type ObjectJudge } from './judge-objects.ts'
import { meanWithInterval } from './mean-with-interval.ts'
import { randomLayouts, type RandomLayout } from './random-layouts.ts'
import { encodePng } from './encode-png.ts'

const modes = ['none', 'paint-with-words', 'zest', 'both', 'csg'] as const satisfies readonly SteeringKind[]
const layoutCount = 50
const seeds = [1, 2]

interface LayoutItem extends EvaluationItem {
  readonly layout: number
  readonly seed: number
  readonly mode: (typeof modes)[number]
}

/** Everything that one run needs, opened at the first picture. */
const open = async () => {
  const machine = openMachine(await openModel(starterModelPath()))
  const judge = await openObjectJudge(starterModelPath())
  const layouts = randomLayouts(layoutCount, judge.classes)
  return { machine, judge, layouts, prompts: promptEncoder(machine) }
}
let opened: ReturnType<typeof open> | undefined

const items = (): LayoutItem[] =>
  Array.from({ length: layoutCount }, (_, layout) => layout).flatMap((layout) =>
    seeds.flatMap((seed) => modes.map((mode) => ({ id: `${layout}-${seed}-${mode}`, layout, seed, mode }))),
  )

const measure = async ({ layout: index, seed, mode }: LayoutItem): Promise<object> => {
  const { machine, judge, layouts, prompts } = await (opened ??= open())
  const layout = layouts[index]
  if (layout === undefined) throw new RangeError(`no layout ${index}`)
  const request = generateRequestSchema.parse({
    prompt: layout.prompt,
    steps: 20,
    cfgScale: 5,
    sampler: 'ddim',
    layout: layout.layout,
    steering: mode,
  })
  const started = performance.now()
  const run = { signal: new AbortController().signal, progress: () => undefined }
  const { picture, coverage } = await generateImage({ machine, prompts, request, seed: BigInt(seed), run })
  const durationMs = Math.round(performance.now() - started)
  if (index < 6) await keepPicture(`${index}-${seed}-${mode}`, picture)
  const judged = await judgePicture(judge, layout, picture)
  return {
    layout: index,
    seed,
    mode,
    prompt: layout.prompt,
    durationMs,
    ...judged,
    background: backgroundOf(layout, picture),
    inside: coverage.map(({ inside }) => inside),
    fill: coverage.map(({ fill }) => fill),
    obeyed: coverage.map(({ isObeyed }) => isObeyed),
  }
}

/** Pixels around a region that belong neither to it nor to the background. */
const border = 4

/** Median of each channel over the pixels outside all regions, 0 … 255. */
const backgroundOf = ({ layout }: RandomLayout, { width, height, channels, data }: RawPicture): readonly number[] => {
  const isBeside = (x: number, y: number): boolean =>
    layout.regions.every(
      ({ shape }) =>
        shape.kind === 'box' &&
        (x < shape.x - border ||
          x >= shape.x + shape.width + border ||
          y < shape.y - border ||
          y >= shape.y + shape.height + border),
    )
  const pixels = Array.from({ length: width * height }, (_, i) => i).filter((i) =>
    isBeside((i % width) * (layout.width / width), Math.floor(i / width) * (layout.height / height)),
  )
  return [0, 1, 2].map((channel) => {
    const values = pixels.map((i) => data[i * channels + channel] ?? 0).sort((a, b) => a - b)
    return values[values.length >> 1] ?? 0
  })
}

/** IoU of each region with the pixels of its object, and whether the object is there at all. */
const judgePicture = async (judge: ObjectJudge, { layout, classes }: RandomLayout, picture: RawPicture) => {
  const found = await judge.classesOf(picture)
  const side = judge.side
  const ious = layout.regions.map(({ shape }, i) => {
    if (shape.kind !== 'box') throw new RangeError('these layouts have boxes only')
    const inBox = (pixel: number): boolean => {
      const [x, y] = [
        ((pixel % side) + 0.5) * (layout.width / side),
        (Math.floor(pixel / side) + 0.5) * (layout.height / side),
      ]
      return x >= shape.x && x < shape.x + shape.width && y >= shape.y && y < shape.y + shape.height
    }
    return intersectionOverUnion(inBox, (pixel) => found[pixel] === classes[i], side * side)
  })
  return { ious, found: classes.map((wanted) => found.filter((pixel) => pixel === wanted).length >= 64) }
}

/** The first layouts' pictures are kept for the documentation's grid. */
const keepPicture = async (name: string, picture: RawPicture): Promise<void> => {
  const folder = join(import.meta.dirname, '../../results/layout-pictures')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.png`), await encodePng(picture))
}

const summarize = (rows: readonly EvaluationRow[]): object => {
  const measured = rows as readonly unknown[] as readonly MeasuredRow[] // rows are what `measure` returned
  const plain = new Map(measured.filter(({ mode }) => mode === 'none').map((row) => [pictureOf(row), row.background]))
  return Object.fromEntries(modes.map((mode) => [mode, summaryOf(measured.filter((row) => row.mode === mode), plain)])) // prettier-ignore
}

/** Of one way of steering; intervals are over layouts. */
const summaryOf = (rows: readonly MeasuredRow[], plain: ReadonlyMap<string, readonly number[]>): object => {
  const byLayout = [...Map.groupBy(rows, ({ layout }) => layout).values()]
  const over = (valuesOf: (row: MeasuredRow) => readonly number[]) =>
    meanWithInterval(byLayout.map((group) => group.flatMap(valuesOf)))
  return {
    pictures: rows.length,
    iou: over(({ ious }) => ious),
    objectsFound: over(({ found }) => found.map(Number)),
    // Of the background, against the unguided picture of the same seed, in grey levels.
    colourShift: over((row) => [distance(row.background, plain.get(pictureOf(row)) ?? [])]),
    saidObeyed: over(({ obeyed }) => obeyed.map(Number)),
    saidRightly: over(({ obeyed, ious }) => obeyed.map((isObeyed, i) => Number(isObeyed === (ious[i] ?? 0) >= 0.5))),
    medianMs: rows.map(({ durationMs }) => durationMs).sort((a, b) => a - b)[rows.length >> 1],
  }
}

const pictureOf = ({ layout, seed }: MeasuredRow): string => `${layout} ${seed}`

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN)))

interface MeasuredRow extends EvaluationRow {
  readonly layout: number
  readonly seed: number
  readonly mode: (typeof modes)[number]
  readonly ious: readonly number[]
  readonly found: readonly boolean[]
  readonly background: readonly number[]
  readonly obeyed: readonly boolean[]
  readonly durationMs: number
}

export const evaluation: Evaluation<LayoutItem> = {
  about: `${layoutCount} layouts of boxes x ${seeds.length} seeds, the same for each way of steering: IoU of painted boxes with the objects`,
  items: async () => items(),
  measure,
  summarize,
  close: async () => {
    const { machine, judge } = await (opened ?? open())
    await machine.close()
    await judge.close()
  },
}
