import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currentState, newHistory, pushChange, redo, sealHistory, undo } from '../../../renderer/document/history.ts'
import { findEdits } from '../../../renderer/document/json-edits.ts'
import { loadDocument, storeDocument } from '../../../renderer/document/stored-document.ts'
import { makeRequest } from '../../../renderer/document/make-request.ts'
import { emptyDocument, moved, newRegion, withRegion } from '../../../renderer/document/studio-document.ts'
import { fillRect } from '../../../renderer/canvas/fill-shape.ts'
import { toDense, type TileMask } from '../../../renderer/canvas/tile-mask.ts'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import type { Json } from '../../../engine/contract/document-records.ts'

const change = (state: number, mergeKey: string | null = null) => ({ label: `to ${state}`, state, mergeKey })

describe('history', () => {
  it('goes back and forth over everything', () => {
    let history = newHistory(0)
    for (const state of [1, 2, 3]) history = pushChange(history, change(state))
    expect(currentState(undo(undo(history)))).toBe(1)
    expect(currentState(redo(undo(undo(history))))).toBe(2)
    expect(currentState(undo(undo(undo(undo(history)))))).toBe(0)
    expect(currentState(redo(history))).toBe(3)
  })

  it('takes a drag of a slider as one step', () => {
    let history = pushChange(newHistory(0), change(1))
    for (const state of [2, 3, 4]) history = pushChange(history, change(state, 'steps'))
    history = pushChange(sealHistory(history), change(5, 'steps'))
    expect(currentState(undo(history))).toBe(4)
    expect(currentState(undo(undo(history)))).toBe(1)
  })

  it('forgets what was undone once something new is done', () => {
    const history = pushChange(undo(pushChange(newHistory(0), change(1))), change(2))
    expect(currentState(redo(history))).toBe(2)
    expect(history.entries).toHaveLength(1)
  })
})

/** What the service does with edits, in a few lines. */
function apply(before: Json, edits: ReturnType<typeof findEdits>): Json {
  const root = { value: structuredClone<Json>(before) }
  for (const edit of edits) {
    const path = ['value', ...edit.path]
    // A test's own walk over JSON it made itself.
    const parent = path.slice(0, -1).reduce((node: any, step) => node[step], root)
    const last = path.at(-1) ?? 'value'
    if (edit.kind === 'remove') delete parent[last]
    else parent[last] = edit.value
  }
  return root.value
}

describe('edits', () => {
  it('turn any JSON into any other', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)
    fc.assert(
      fc.property(json, json, (before, after) => {
        fc.pre(!/__proto__|constructor|prototype/.test(JSON.stringify([before, after])))
        expect(apply(before, findEdits(before, after))).toEqual(after)
      }),
      { numRuns: 200 },
    )
  })

  it('are small for a small change', () => {
    expect(findEdits({ setup: { steps: 20, seed: null } }, { setup: { steps: 21, seed: null } })).toEqual([
      { kind: 'set', path: ['setup', 'steps'], value: 21 },
    ])
  })
})

const keepMasks = () => {
  const kept: TileMask[] = []
  const put = async (mask: TileMask) =>
    (kept.includes(mask) ? kept.indexOf(mask) : kept.push(mask) - 1).toString(16).padStart(64, '0')
  const get = async (hash: string) => kept[Number.parseInt(hash, 16)] as TileMask
  return { put, get }
}

const painted = () => {
  const blank = { ...emptyDocument({ width: 128, height: 128 }), prompt: 'a teapot next to a lemon' }
  const region = newRegion(blank, 'r1', 'teapot')
  const withOne = { ...blank, regions: [region, newRegion({ ...blank, regions: [region] }, 'r2', 'lemon')] }
  return withRegion(withOne, 'r1', {
    mask: fillRect(region.mask, { x: 80, y: 90, width: 300, height: 200 }, 'add'),
    to: 0.5,
  })
}

describe('documents', () => {
  it('come back as they were stored, masks included', async () => {
    const masks = keepMasks()
    const document = painted()
    const back = await loadDocument(await storeDocument(document, masks), masks)
    expect(back).toEqual(document)
    expect(toDense(back.regions[0]?.mask as TileMask).reduce((sum, value) => sum + value, 0)).toBe(300 * 200 * 255)
  })

  it('keep how strongly a region lies over the picture, which older ones did not have', async () => {
    const masks = keepMasks()
    const faint = withRegion(painted(), 'r1', { opacity: 0.4 })
    const json = await storeDocument(faint, masks)
    expect(await loadDocument(json, masks)).toEqual(faint)
    const older = JSON.parse(JSON.stringify(json).replaceAll(/"opacity":[\d.]+,/g, '')) as Json // what JSON.parse gives
    expect(await loadDocument(older, masks)).toEqual(painted())
    expect(await makeRequest(faint, keepMasks())).toEqual(await makeRequest(painted(), keepMasks()))
  })

  it('give each new region a colour of its own', () => {
    expect(painted().regions.map(({ colour }) => colour)).toEqual([1, 2])
  })

  it('become a request that the contract takes, with the painted regions only', async () => {
    const request = generateRequestSchema.parse(await makeRequest(painted(), keepMasks()))
    expect(request.layout?.regions.map(({ phrase, to, shape }) => [phrase, to, shape.kind])).toEqual([
      ['teapot', 0.5, 'mask'],
    ])
    expect([request.width, request.height, request.seed]).toEqual([128, 128, undefined])
  })

  it('are put in another order', () => {
    expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
    expect(moved(['a', 'b'], 5, 0)).toEqual(['a', 'b'])
  })
})
