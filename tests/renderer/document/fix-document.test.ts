import { describe, expect, it } from 'vitest'
import { fillRect } from '../../../renderer/canvas/fill-shape.ts'
import { maskBounds } from '../../../renderer/canvas/tile-mask.ts'
import { fixesFor } from '../../../renderer/document/fix-document.ts'
import { emptyDocument, maskScale, newRegion, type StudioDocument } from '../../../renderer/document/studio-document.ts'

const document: StudioDocument = { ...emptyDocument({ width: 512, height: 512 }), prompt: 'a pizza and a lemon' }
const input = { word: 'lemon', seed: '7', newSeed: '9', newId: 'new', others: [] }

const painted = (phrase: string, strength: number) => {
  const region = newRegion(document, phrase, phrase)
  return { ...region, strength, mask: fillRect(region.mask, { x: 0, y: 0, width: 600, height: 1024 }, 'add') }
}

describe('three fixes for a word', () => {
  it('change one thing each, at the seed of the picture that they mend or at a new one', () => {
    const [weight, region, seed] = fixesFor(document, input)
    expect(weight?.document).toEqual({
      ...document,
      prompt: 'a pizza and a (lemon:1.3)',
      setup: { ...document.setup, seed: '7' },
    })
    expect(region?.document.prompt).toBe(document.prompt)
    expect(region?.document.regions.map(({ phrase, id }) => [phrase, id])).toEqual([['lemon', 'new']])
    expect(seed?.document).toEqual({ ...document, setup: { ...document.setup, seed: '9' } })
    expect([weight?.value, region?.value, seed?.value]).toEqual(['1.3', null, '9'])
  })

  it.each([
    ['a (lemon:1.4)', 'a (lemon:1.6)'],
    ['a (lemon:1.6)', 'a (lemon:1.6)'],
    ['a (ripe lemon)', 'a (ripe lemon:1.3)'],
    ['a pizza', 'a pizza, (lemon:1.3)'],
  ])('weigh the word of "%s" as "%s"', (prompt, expected) => {
    expect(fixesFor({ ...document, prompt }, input)[0]?.document.prompt).toBe(expected)
  })

  it.each([
    [1, '1.5'],
    [1.6, '2'],
  ])('strengthen a region of %f to %s', (strength, value) => {
    const guided = { ...document, regions: [painted('lemon', strength)] }
    const [, fix] = fixesFor(guided, input)
    expect(fix?.value).toBe(value)
    expect(fix?.document.regions.map((region) => String(region.strength))).toEqual([value])
  })

  it('propose a region where nothing is painted and no other word is', () => {
    const crowded = { ...document, regions: [painted('pizza', 1)] }
    // The other word is hot in the upper half.
    const heat = Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 255 : 0))
    const [, fix] = fixesFor(crowded, { ...input, others: [{ width: 8, height: 8, heat, source: 'first' }] })
    const mask = fix?.document.regions.at(-1)?.mask
    expect(mask).toBeDefined()
    if (mask === undefined) return
    const bounds = maskBounds(mask)
    const scale = maskScale(document) * 512
    expect(bounds.x / scale).toBeGreaterThan(0.55)
    expect(bounds.y / scale).toBeGreaterThan(0.45)
  })
})
