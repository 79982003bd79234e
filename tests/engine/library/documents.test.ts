import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Edit, Json } from '../../../engine/contract/document-records.ts'
import { applyEdits } from '../../../engine/library/document-edits.ts'
import { hashesIn } from '../../../engine/library/blob-store.ts'
import { makeTemporaryFolder, openLibrary } from './temporary-library.ts'

describe('edits', () => {
  const state: Json = { regions: [{ id: 'a' }, { id: 'b' }], size: 512 }
  const cases: [string, Edit, Json][] = [
    ['set a field', { kind: 'set', path: ['size'], value: 768 }, { regions: [{ id: 'a' }, { id: 'b' }], size: 768 }],
    ['add a field', { kind: 'set', path: ['x'], value: 1 }, { regions: [{ id: 'a' }, { id: 'b' }], size: 512, x: 1 }],
    ['remove a field', { kind: 'remove', path: ['size'] }, { regions: [{ id: 'a' }, { id: 'b' }] }],
    ['insert into a list', { kind: 'insert', path: ['regions', 1], value: 0 }, { regions: [{ id: 'a' }, 0, { id: 'b' }], size: 512 }], // prettier-ignore
    ['take out of a list', { kind: 'remove', path: ['regions', 0] }, { regions: [{ id: 'b' }], size: 512 }],
    ['set deep inside', { kind: 'set', path: ['regions', 1, 'id'], value: 'c' }, { regions: [{ id: 'a' }, { id: 'c' }], size: 512 }], // prettier-ignore
    ['replace everything', { kind: 'set', path: [], value: null }, null],
  ]
  it.each(cases)('%s and back', (_, edit, expected) => {
    const edited = applyEdits(state, [edit])
    expect(edited.state).toEqual(expected)
    expect(applyEdits(edited.state, edited.inverse).state).toEqual(state)
  })

  it.each<[string, Edit]>([
    ['a missing object', { kind: 'set', path: ['nothing', 'x'], value: 1 }],
    ['a missing item', { kind: 'set', path: ['regions', 2], value: 1 }],
    ['beyond the end', { kind: 'insert', path: ['regions', 3], value: 1 }],
    ['a field of a list', { kind: 'set', path: ['regions', 'length'], value: 0 }],
    ['what is not there', { kind: 'remove', path: ['nothing'] }],
    ['an inherited name', { kind: 'set', path: ['toString', 'x'], value: 1 }],
  ])('refuse %s', (_, edit) => {
    expect(() => applyEdits(state, [edit])).toThrowError(expect.objectContaining({ code: 'bad-argument' }))
  })

  it('random edits are taken back exactly', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json> // fast-check's own JSON type is the same set.
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.array(fc.tuple(key, value), { maxLength: 8 }), (start, steps) => {
        const edits = steps.map(([name, next]): Edit => ({ kind: 'set', path: [name], value: next }))
        const { state: end, inverse } = applyEdits(start, edits)
        expect(applyEdits(end, inverse).state).toEqual(start)
      }),
      { numRuns: 500, seed: 5 },
    )
  })
})

describe('documents', () => {
  it('keep 200 changes, undo across a restart, and redo', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    let library = await openLibrary(root)
    const { id } = library.documents.create('plan', { count: 0 }, 1)
    for (let count = 1; count <= 200; count++) {
      const edits: Edit[] = [{ kind: 'set', path: ['count'], value: count }]
      expect(library.documents.append(id, count - 1, { label: `to ${count}`, edits }, count)).toBe(count)
    }
    library.close()
    library = await openLibrary(root)
    onTestFinished(() => library.close())
    expect(library.documents.open(id)).toMatchObject({ sequence: 200, state: { count: 200 } })
    for (let count = 199; count >= 0; count--) {
      expect(library.documents.undo(id, count + 1, 1).state).toEqual({ count })
    }
    expect(() => library.documents.undo(id, 0, 1)).toThrowError(expect.objectContaining({ code: 'conflict' }))
    for (let count = 1; count <= 120; count++) library.documents.redo(id, count - 1, 1)
    expect(library.documents.open(id)).toMatchObject({ sequence: 120, state: { count: 120 } })
    library.documents.append(id, 120, { label: 'other', edits: [{ kind: 'set', path: ['x'], value: 1 }] }, 1)
    expect(library.documents.open(id).state).toEqual({ count: 120, x: 1 })
    expect(library.documents.open(id).history).toHaveLength(121)
    expect(() => library.documents.redo(id, 121, 1)).toThrowError(expect.objectContaining({ code: 'conflict' }))
    for (let count = 120; count >= 100; count--) library.documents.undo(id, count + 1, 1)
    expect(library.documents.open(id).state).toEqual({ count: 100 })
  })

  it('refuse a writer who is not where the document stands', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    const { id } = library.documents.create('plan', {}, 1)
    const edits: Edit[] = [{ kind: 'set', path: ['a'], value: 1 }]
    library.documents.append(id, 0, { label: 'a', edits }, 1)
    expect(() => library.documents.append(id, 0, { label: 'b', edits }, 1)).toThrowError(
      expect.objectContaining({ code: 'conflict' }),
    )
    expect(library.documents.open(id).history).toHaveLength(1)
  })

  it('drop a mask when the last document that names it is erased', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    const hash = library.blobs.put(Buffer.from('mask'), 1)
    const a = library.documents.create('a', { mask: hash }, 1)
    const b = library.documents.create('b', { mask: hash }, 1)
    expect([...hashesIn(JSON.stringify(a.state))]).toEqual([hash])
    for (const { id } of [a, b]) library.documents.setTrashed(id, 2)
    library.documents.erase(a.id)
    library.blobs.dropUnused([hash])
    expect(Buffer.from(library.blobs.get(hash)).toString()).toBe('mask')
    library.documents.erase(b.id)
    library.blobs.dropUnused([hash])
    expect(library.blobs.has(hash)).toBe(false)
  })
})
