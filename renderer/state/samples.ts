import { fillPolygon } from '../canvas/fill-shape.ts'
import type { Point } from '../canvas/geometry.ts'
import { defaultSetup, emptyDocument, maskScale, newRegion, type StudioDocument } from '../document/studio-document.ts'
import type { MessageKey } from '../text/messages.ts'

export interface Sample {
  readonly id: 'teapot' | 'night' | 'penguin'
  readonly name: MessageKey
  readonly about: MessageKey
  readonly make: () => StudioDocument
}

const side = 128

/** A hand-drawn blob: an ellipse whose radius breathes a little. */
function blob(x: number, y: number, wide: number, high: number, wobble: number): readonly Point[] {
  return Array.from({ length: 48 }, (_, i) => {
    const angle = (i / 48) * 2 * Math.PI
    const radius = 1 + 0.05 * Math.sin(angle * 3 + wobble) + 0.03 * Math.cos(angle * 5 - wobble)
    return { x: x + Math.cos(angle) * wide * radius, y: y + Math.sin(angle) * high * radius }
  })
}

function paint(
  prompt: string,
  shapes: readonly (readonly [phrase: string, outline: readonly Point[]])[],
  seed: string,
): StudioDocument {
  const blank = { ...emptyDocument({ width: side, height: side }), prompt, setup: { ...defaultSetup, seed } }
  const scale = maskScale(blank)
  return shapes.reduce<StudioDocument>((document, [phrase, outline], i) => {
    const region = newRegion(document, `sample-${i + 1}`, phrase)
    const mask = fillPolygon(
      region.mask,
      outline.map(({ x, y }) => ({ x: x * scale, y: y * scale })),
      'add',
    )
    return { ...document, regions: [...document.regions, { ...region, mask }] }
  }, blank)
}

/** Documents to begin with: each runs with the bundled model. */
export const samples: readonly Sample[] = [
  {
    id: 'teapot',
    name: 'sample.teapot',
    about: 'sample.teapot.about',
    make: () =>
      paint(
        'a teapot next to a lemon on a blue background',
        [
          ['teapot', blob(44, 80, 27, 23, 0.4)],
          ['lemon', blob(98, 90, 15, 14, 2)],
        ],
        '11',
      ),
  },
  {
    id: 'night',
    name: 'sample.night',
    about: 'sample.night.about',
    make: () =>
      paint(
        'a castle and a sailboat and a moon at night',
        [
          ['castle', blob(88, 66, 26, 24, 1)],
          ['sailboat', blob(36, 94, 22, 20, 3)],
          ['moon', blob(32, 28, 15, 15, 0)],
        ],
        '7',
      ),
  },
  {
    id: 'penguin',
    name: 'sample.penguin',
    about: 'sample.penguin.about',
    make: () => paint('a penguin in the snow', [['penguin', blob(64, 76, 26, 34, 1.2)]], '3'),
  },
]
