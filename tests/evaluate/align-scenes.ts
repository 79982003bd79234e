import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import type { RawPicture } from '../../engine/contract/records.ts'
import { articleOf } from '../../engine/text/article.ts'

/** A picture of which it is known what is where. */
export interface AlignScene {
  readonly picture: RawPicture
  readonly caption: string
  readonly objects: readonly SceneObject[]
  /** Class of each pixel, 0 background. */
  readonly mask: Uint8Array
}

export interface SceneObject {
  /** As the caption names it. */
  readonly word: string
  /** Index into the segmenter's classes. */
  readonly class: number
}

export const sceneSets = ['rendered', 'occluded', 'small'] as const
export type SceneSet = (typeof sceneSets)[number]

const sceneSchema = z.object({
  file: z.string(),
  mask: z.string(),
  caption: z.string(),
  objects: z.array(z.string()).min(1),
  classes: z.array(z.int()).min(1),
})
type SceneRow = z.infer<typeof sceneSchema>

/** The rendered scenes of a model folder, and scenes composed from them. */
export interface SceneShelf {
  readonly classes: readonly string[]
  /** How many scenes each set has. */
  readonly counts: Readonly<Record<SceneSet, number>>
  readonly scene: (set: SceneSet, index: number) => Promise<AlignScene>
}

/** How many scenes are composed for each of the hard sets. */
const composedCount = 30

/** Opens the scenes; nothing is decoded before it is asked for. */
export const openScenes = (modelFolder: string): SceneShelf => {
  const folder = join(modelFolder, 'scenes')
  const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  const { scenes } = z.object({ scenes: z.array(sceneSchema) }).parse(readJson(join(folder, 'scenes.json')))
  const { classes } = z
    .object({ classes: z.array(z.string()) })
    .parse(readJson(join(modelFolder, 'segmenter/config.json')))
  const singles = scenes.filter(({ objects }) => objects.length === 1)
  return {
    classes,
    counts: { rendered: scenes.length, occluded: composedCount, small: composedCount },
    scene: async (set, index) => {
      if (set === 'rendered') return rendered(folder, at(scenes, index))
      const base = await rendered(folder, at(singles, index))
      const fronts = singles.filter(({ classes: [found] }) => found !== base.objects[0]?.class)
      const front = await rendered(folder, at(fronts, index + 31))
      return set === 'occluded' ? occlude(base, front) : addSmall(base, front, index)
    },
  }
}

const rendered = async (folder: string, row: SceneRow): Promise<AlignScene> => {
  const picture = await sharp(join(folder, row.file)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const mask = await sharp(join(folder, row.mask)).extractChannel(0).raw().toBuffer()
  const isPair = new Set(row.objects).size < row.objects.length
  const objects = new Map(row.objects.map((name, i) => [row.classes[i] ?? 0, isPair ? pluralOf(name) : name] as const))
  return {
    picture: { width: picture.info.width, height: picture.info.height, channels: 3, data: picture.data },
    caption: row.caption,
    objects: [...objects].map(([found, word]) => ({ word, class: found })),
    mask,
  }
}

/** As the recipe of the scenes forms it. */
const pluralOf = (name: string): string => {
  if (name === 'fish') return name
  if (name === 'mouse') return 'mice'
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`
  return /(?:s|x|ch)$/.test(name) ? `${name}es` : `${name}s`
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Puts an object in front of another so that about half of it is hidden. */
const occlude = async (base: AlignScene, front: AlignScene): Promise<AlignScene> => {
  const hidden = boxOf(base)
  const side = Math.round(0.75 * Math.max(hidden.width, hidden.height))
  const places = [0, 1, 2, 3].map((corner) => ({
    x: clampPlace(corner % 2 === 0 ? hidden.x - side / 4 : hidden.x + hidden.width - 0.75 * side, side, base),
    y: clampPlace(corner < 2 ? hidden.y - side / 4 : hidden.y + hidden.height - 0.75 * side, side, base),
  }))
  const tried = await Promise.all(places.map((place) => paste(base, front, { ...place, width: side, height: side })))
  const left = (scene: AlignScene): number => scene.mask.filter((found) => found === base.objects[0]?.class).length
  const whole = left(base)
  const distance = (scene: AlignScene): number => Math.abs(left(scene) / whole - 0.5)
  return tried.reduce((best, scene) => (distance(scene) < distance(best) ? scene : best))
}

/** Adds a tiny object where nothing is: a side of 14 to 20 pixels, about two cells of the network's largest map. */
const addSmall = async (base: AlignScene, added: AlignScene, index: number): Promise<AlignScene> => {
  const side = 14 + (index % 7)
  const taken = boxOf(base)
  const room = base.picture.width - side - 2
  for (let attempt = 0; ; attempt += 1) {
    const x = 2 + ((index * 37 + attempt * 53) % (room - 2))
    const y = 2 + ((index * 71 + attempt * 29) % (room - 2))
    const isApart =
      x + side + 6 < taken.x ||
      x > taken.x + taken.width + 6 ||
      y + side + 6 < taken.y ||
      y > taken.y + taken.height + 6
    if (isApart || attempt > 500) return paste(base, added, { x, y, width: side, height: side })
  }
}

const clampPlace = (place: number, side: number, { picture }: AlignScene): number =>
  Math.round(Math.min(picture.width - side, Math.max(0, place)))

/** The rectangle around a scene's first object. */
const boxOf = ({ mask, objects, picture: { width } }: AlignScene): Box => {
  const found = [...mask.entries()].filter(([, label]) => label === objects[0]?.class).map(([pixel]) => pixel)
  const columns = found.map((pixel) => pixel % width)
  const rows = found.map((pixel) => Math.floor(pixel / width))
  const [x, y] = [Math.min(...columns), Math.min(...rows)]
  return { x, y, width: Math.max(...columns) - x + 1, height: Math.max(...rows) - y + 1 }
}

/** Cuts the first object of a scene out, brings it to the size of a box, and lays it over another scene. */
const paste = async (base: AlignScene, from: AlignScene, box: Box): Promise<AlignScene> => {
  const cut = await cutOut(from, box)
  const [object] = from.objects
  const [hidden] = base.objects
  if (object === undefined || hidden === undefined) throw new RangeError('every scene has an object')
  const { width, height } = base.picture
  const data = Uint8Array.from(base.picture.data)
  const mask = Uint8Array.from(base.mask)
  for (let y = 0; y < box.height; y += 1) {
    for (let x = 0; x < box.width; x += 1) {
      const source = (y * box.width + x) * 4
      const target = (y + box.y) * width + x + box.x
      const alpha = (cut[source + 3] ?? 0) / 255
      for (let channel = 0; channel < 3; channel += 1) {
        const at = target * 3 + channel
        data[at] = Math.round((data[at] ?? 0) * (1 - alpha) + (cut[source + channel] ?? 0) * alpha)
      }
      if (alpha > 0.5) mask[target] = object.class
    }
  }
  const caption = base.caption.replace(hidden.word, `${hidden.word} and ${articleOf(object.word)} ${object.word}`)
  return { picture: { width, height, channels: 3, data }, caption, objects: [hidden, object], mask }
}

/** RGBA of the first object alone, at the size of a box. */
const cutOut = async (scene: AlignScene, { width, height }: Box): Promise<Uint8Array> => {
  const { picture, mask, objects } = scene
  const rgba = new Uint8Array(picture.width * picture.height * 4)
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    rgba.set(picture.data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4)
    rgba[pixel * 4 + 3] = mask[pixel] === objects[0]?.class ? 255 : 0
  }
  const box = boxOf(scene)
  return sharp(rgba, { raw: { width: picture.width, height: picture.height, channels: 4 } })
    .extract({ left: box.x, top: box.y, width: box.width, height: box.height })
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer()
}

const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length]
  if (item === undefined) throw new RangeError('a set of scenes is not empty')
  return item
}
