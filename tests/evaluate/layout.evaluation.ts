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

const modes = ['none', 'paint-with-words', 'zest', 'both'] as const satisfies readonly SteeringKind[]
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
    inside: coverage.map(({ inside }) => inside),
    fill: coverage.map(({ fill }) => fill),
  }
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

const summarize = (rows: readonly EvaluationRow[]): object =>
  Object.fromEntries(
    modes.map((mode) => {
      const mine = rows.filter((row) => row['mode'] === mode) as readonly unknown[] as readonly MeasuredRow[] // rows are what `measure` returned
      const byLayout = [...Map.groupBy(mine, ({ layout }) => layout).values()]
      return [
        mode,
        {
          pictures: mine.length,
          iou: meanWithInterval(byLayout.map((group) => group.flatMap(({ ious }) => ious))),
          objectsFound: meanWithInterval(byLayout.map((group) => group.flatMap(({ found }) => found.map(Number)))).mean,
          medianMs: mine.map(({ durationMs }) => durationMs).sort((a, b) => a - b)[mine.length >> 1],
        },
      ]
    }),
  )

interface MeasuredRow extends EvaluationRow {
  readonly layout: number
  readonly ious: readonly number[]
  readonly found: readonly boolean[]
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
