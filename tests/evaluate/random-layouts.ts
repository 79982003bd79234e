import { layoutSchema, type Layout } from '../../engine/contract/layout.ts'
import { articleOf } from '../../engine/text/article.ts'

/** A prompt with boxes for its objects, in a picture of 128 x 128. */
export interface RandomLayout {
  readonly prompt: string
  readonly layout: Layout
  /** The segmenter's class of each region. */
  readonly classes: readonly number[]
}

const side = 128
const backgrounds = [
  'on a beach',
  'in the snow',
  'in a forest',
  'on a meadow',
  'at night',
  'on a blue background',
  'in the desert',
  'at sunset',
]
/** Objects of each layout: mostly two, as people paint. */
const counts = [2, 2, 1, 3, 2]

/**
 * The same layouts every time: 1 to 3 different objects of the segmenter's classes in boxes that do not overlap, on a
 * background.
 *
 * @param classes  the segmenter's class names; 0 is the background
 */
export const randomLayouts = (count: number, classes: readonly string[]): RandomLayout[] => {
  const draw = drawsFrom(20_261)
  return Array.from({ length: count }, (_, i) => randomLayout(counts[i % counts.length] ?? 2, classes, draw))
}

const randomLayout = (objects: number, classes: readonly string[], draw: (below: number) => number): RandomLayout => {
  const chosen: number[] = []
  while (chosen.length < objects) {
    const candidate = 1 + draw(classes.length - 1)
    if (!chosen.includes(candidate)) chosen.push(candidate)
  }
  const names = chosen.map((index) => classes[index] ?? '')
  const phrases = names.map((name) => `${articleOf(name)} ${name}`)
  const boxes = disjointBoxes(objects, draw)
  const regions = phrases.map((phrase, i) => ({ id: `${i}`, phrase, shape: { kind: 'box', ...boxes[i] } }))
  const list =
    phrases.length < 3 ? phrases.join(' and ') : `${phrases.slice(0, -1).join(', ')} and ${phrases.at(-1) ?? ''}`
  return {
    prompt: `${list} ${backgrounds[draw(backgrounds.length)] ?? ''}`,
    layout: layoutSchema.parse({ version: 1, width: side, height: side, regions }),
    classes: chosen,
  }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const disjointBoxes = (count: number, draw: (below: number) => number): Box[] => {
  const [least, spread] = count === 1 ? [56, 33] : count === 2 ? [44, 21] : [36, 13]
  const boxes: Box[] = []
  while (boxes.length < count) {
    const width = least + draw(spread)
    const height = least + draw(spread)
    const box = { x: draw(side - width), y: draw(side - height), width, height }
    if (boxes.every((other) => !overlaps(box, other))) boxes.push(box)
    else if (draw(20) === 0) boxes.length = 0 // a first box in the middle may leave no room
  }
  return boxes
}

const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width + 4 && b.x < a.x + a.width + 4 && a.y < b.y + b.height + 4 && b.y < a.y + a.height + 4

/** Whole numbers below a bound, from a small generator that is the same everywhere (mulberry32). */
const drawsFrom = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
