import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enlargeHeat } from '../../engine/alignment/masks-from-heat.ts'
import { openModel } from '../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import { heatOverlay } from '../../engine/image/heat-overlay.ts'
import { fromMask } from '../../engine/image/pixels.ts'
import { encodePicture } from '../../engine/methods/align-picture.ts'
import type { ProbedPicture } from '../../engine/methods/align-probe.ts'
import { promptEncoder } from '../../engine/methods/prompt-encoder.ts'
import { openMachine } from '../../engine/runtime/open-machine.ts'
import type { NdArray } from '../../engine/tensor/nd-array.ts'
import { openScenes, sceneSets, type AlignScene, type SceneSet } from './align-scenes.ts'
import { encodePng } from './encode-png.ts'
import type { Evaluation, EvaluationItem } from './evaluation.ts'
import { mapScene } from './map-scene.ts'
import { scoreScene } from './score-scene.ts'
import { summarizeAlignment, type AlignRow } from './summarize-alignment.ts'

interface AlignItem extends EvaluationItem {
  readonly set: SceneSet
  readonly index: number
}

const absentWords = 2
const keptPictures = 6

/** Everything that one run needs, opened at the first scene. */
const open = async () => {
  const machine = openMachine(await openModel(starterModelPath()), { threads: 1 })
  return { machine, prompts: promptEncoder(machine), shelf: openScenes(starterModelPath()) }
}
let opened: ReturnType<typeof open> | undefined

const items = async (): Promise<readonly AlignItem[]> => {
  const { counts } = openScenes(starterModelPath())
  return sceneSets.flatMap((set) =>
    Array.from({ length: counts[set] }, (_, index) => ({ id: `${set}-${String(index).padStart(3, '0')}`, set, index })),
  )
}

const measure = async ({ set, index }: AlignItem): Promise<object> => {
  const { machine, prompts, shelf } = await (opened ??= open())
  const scene = await shelf.scene(set, index)
  const signal = new AbortController().signal
  const { latents, size } = await encodePicture(machine, scene.picture, signal)
  const picture: ProbedPicture = { machine, prompts, latents, size, signal, ran: () => undefined }
  const absent = drawAbsent(shelf.classes, scene, index)
  const started = performance.now()
  const scored = await scoreScene(picture, scene, absent)
  const maps = await mapScene(picture, scene, absent[0] ?? '', scored)
  const durationMs = Math.round(performance.now() - started)
  if (set !== 'rendered' && index < keptPictures) await keepPictures(`${set}-${index}`, scene, maps.kept)
  if (set === 'rendered' && index < keptPictures * 3) await keepPictures(`${set}-${index}`, scene, maps.kept)
  const objects = scene.objects.map(({ word, class: found }, i) => ({
    word,
    share: scene.mask.filter((label) => label === found).length / scene.mask.length,
    ...scored.named[i],
    ious: Object.fromEntries(Object.entries(maps.ious).map(([kind, ious]) => [kind, ious[i]])),
  }))
  const { absent: absentScores, backgrounds, alone, chosen } = scored
  return { set, index, caption: scene.caption, objects, absent: absentScores, backgrounds, alone, chosen, durationMs }
}

/** The same words for a scene in every run. */
const drawAbsent = (classes: readonly string[], scene: AlignScene, index: number): readonly string[] => {
  const named = new Set(scene.objects.map(({ class: found }) => found))
  const others = classes.flatMap((name, found) => (found === 0 || named.has(found) ? [] : [name]))
  return Array.from({ length: absentWords }, (_, i) => others[(index * 7 + i * 31) % others.length] ?? '')
}

/** Some pictures with their heat are kept for the documentation's grid. */
const keepPictures = async (
  name: string,
  { picture }: AlignScene,
  kept: Readonly<Record<string, readonly NdArray[]>>,
): Promise<void> => {
  const folder = join(import.meta.dirname, '../../results/align-pictures')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.png`), await encodePng(picture))
  for (const [kind, heats] of Object.entries(kept)) {
    for (const [word, heat] of heats.entries()) {
      const overlay = heatOverlay(picture, fromMask(enlargeHeat(heat, picture)))
      await writeFile(join(folder, `${name}-${word}-${kind}.png`), await encodePng(overlay))
    }
  }
}

export const evaluation: Evaluation<AlignItem> = {
  about: 'word scores and heat maps of scenes of which it is known what is where: rendered, half hidden, tiny',
  items,
  measure,
  summarize: (rows) => summarizeAlignment(rows as readonly unknown[] as readonly AlignRow[]), // what `measure` returned
  close: async () => {
    const { machine } = await (opened ?? open())
    await machine.close()
  },
}
