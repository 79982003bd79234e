import { describe, expect, it } from 'vitest'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import { fillRect } from '../../../renderer/canvas/fill-shape.ts'
import { type TileMask, toDense } from '../../../renderer/canvas/tile-mask.ts'
import { newMask } from '../../../renderer/document/edit-mask.ts'
import { makeRequest } from '../../../renderer/document/make-request.ts'
import { loadDocument, type MaskStore, storeDocument } from '../../../renderer/document/stored-document.ts'
import {
  type EditMask,
  emptyDocument,
  type StudioDocument,
  withSetup,
} from '../../../renderer/document/studio-document.ts'
import { resizeDocument } from '../../../renderer/tools/place-tools.ts'

const memory = (): MaskStore => {
  const kept: TileMask[] = []
  return {
    put: (mask) => Promise.resolve(String(kept.push(mask) - 1).padStart(64, '0')),
    get: (hash) => Promise.resolve(kept[Number(hash)] ?? kept[0] ?? newMask(blank, '', '').mask),
  }
}

const blank = emptyDocument({ width: 128, height: 128 })
const painted = (change: Partial<EditMask> = {}): EditMask => {
  const mask = newMask(blank, 'm1', 'Mask 1')
  return { ...mask, mask: fillRect(mask.mask, { x: 8, y: 8, width: 512, height: 256 }, 'add'), ...change }
}
const started = (masks: readonly EditMask[]): StudioDocument =>
  withSetup({ ...blank, masks }, { startImage: 7, startStrength: 0.8 })

describe('a mask of a document', () => {
  it('is stored and read back', async () => {
    const store = memory()
    const document = started([painted({ opacity: 0.5, feather: 3, isLocked: true }), newMask(blank, 'm2', 'Mask 2')])
    const read = await loadDocument(await storeDocument(document, store), store)
    expect(read).toEqual(document)
  })

  it('is missing in documents of before, which are read all the same', async () => {
    const json = await storeDocument(blank, memory())
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('a document is an object')
    const { masks: _, ...older } = json
    expect(await loadDocument(older, memory())).toEqual(blank)
  })

  it.each([
    ['holds a change back when it is visible and painted', [painted({ opacity: 0.5, feather: 3 })], 1],
    ['does nothing when it is hidden', [painted({ isVisible: false })], 0],
    ['does nothing when nothing is painted', [newMask(blank, 'm2', 'Mask 2')], 0],
  ])('%s', async (_, masks, count) => {
    const { image } = generateRequestSchema.parse(await makeRequest(started(masks), memory()))
    expect(image).toEqual({
      source: '7',
      strength: 0.8,
      ...(count > 0 && { masks: [{ file: '0'.repeat(64), opacity: 0.5, feather: 3 }] }),
    })
  })

  it('asks for nothing where no picture is started from', async () => {
    expect(await makeRequest({ ...blank, masks: [painted()] }, memory())).not.toHaveProperty('image')
  })

  it('keeps its place when the document changes its size', () => {
    const { masks } = resizeDocument({ ...blank, masks: [painted()] }, { width: 256, height: 128 })
    const [mask] = masks
    expect(mask && [mask.mask.width, mask.mask.height]).toEqual([1024, 512])
    const share = (one: TileMask): number =>
      toDense(one).reduce((sum, value) => sum + value, 0) / one.width / one.height
    expect(mask && share(mask.mask)).toBeCloseTo(share(painted().mask), 1)
  })
})
