import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { feedbackKinds } from '../../../engine/contract/feedback-records.ts'
import type { FeedbackKind } from '../../../engine/contract/feedback-records.ts'
import { scoreFeedback } from '../../../engine/library/feedback-score.ts'
import { makeTemporaryFolder, openLibrary, someImage } from './temporary-library.ts'

const day = 86_400_000

describe('one opinion of many pictures', () => {
  it('is given to all of them or to none', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    const ids = ['a', 'b'].map((name) => library.images.add(someImage(name)).image.id)
    expect(library.feedback.addAll(ids, 'rate-4', 10)).toHaveLength(2)
    expect(library.images.summaries(ids).map(({ rating }) => rating)).toEqual([4, 4])
    expect(() => library.feedback.addAll([...ids, 999], 'rate-1', 11)).toThrow(/no image 999/)
    expect(library.images.summaries(ids).map(({ rating }) => rating)).toEqual([4, 4])
  })
})

describe('the score of a picture', () => {
  const cases: [string, FeedbackKind[], number][] = [
    ['is nothing without events', [], 0],
    ['is the weight of a star', ['star'], 1],
    ['is the newest explicit rating', ['rate-5', 'rate-2'], -0.5],
    ['is the explicit rating, whatever else was done', ['export', 'copy', 'rate-1', 'export'], -1],
    ['sums what is implied', ['copy', 'reroll'], 0.5 - 0.2],
    ['is clipped at 1', ['export', 'copy', 'board'], 1],
    ['is clipped at -1', ['early-delete', 'loss'], -1],
    ['counts looking long once', ['long-look', 'long-look', 'long-look'], 0.3],
    ['goes back to what is implied when a rating is cleared', ['copy', 'rate-1', 'clear-rating'], 0.5],
    ['goes back to the rating when a star is taken away', ['rate-4', 'star', 'unstar'], 0.5],
    ['is three stars for nothing', ['rate-3'], 0],
  ]
  it.each(cases)('%s', (_, kinds, expected) => {
    expect(scoreFeedback(kinds.map((kind) => ({ kind, atMs: 0 })), 0).score).toBeCloseTo(expected, 12) // prettier-ignore
  })

  it('halves what is implied every 90 days and never what is said', () => {
    expect(scoreFeedback([{ kind: 'copy', atMs: 0 }], 90 * day).score).toBe(0.25)
    expect(scoreFeedback([{ kind: 'pick', atMs: 0 }], 900 * day).score).toBe(0.8)
  })
})

describe('feedback', () => {
  it('undo of any event restores every score exactly', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    const ids = library.images.addAll(['a', 'b', 'c'].map((name) => someImage(name))).map(({ image }) => image.id)
    const scores = (): unknown => ids.map((id) => library.feedback.score(id, 500 * day))
    const rows = (): unknown => ids.map((id) => library.images.summary(id))
    const step = fc.record({ image: fc.nat({ max: 2 }), kind: fc.constantFrom(...feedbackKinds), day: fc.nat(400) })
    let clock = 0
    fc.assert(
      fc.property(step, ({ image, kind }) => {
        const before = [scores(), rows()]
        const event = library.feedback.add(ids[image] ?? 0, kind, (clock += day / 8))
        const after = [scores(), rows()]
        library.feedback.undo(event.id, clock)
        expect([scores(), rows()]).toEqual(before)
        library.feedback.add(ids[image] ?? 0, kind, event.atMs)
        expect([scores(), rows()]).toEqual(after)
      }),
      { numRuns: 60, seed: 4 },
    )
  })

  it('undo of an older event gives what the others alone would have given', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    const [a = 0, b = 0] = library.images.addAll([someImage('a'), someImage('b')]).map(({ image }) => image.id)
    const old = library.feedback.add(a, 'rate-5', 1)
    for (const id of [a, b]) library.feedback.add(id, 'copy', 2)
    for (const id of [a, b]) library.feedback.add(id, 'reject', 3)
    expect(library.feedback.undo(old.id, 4)).toEqual({ ...library.feedback.score(b, 4), imageId: a })
    expect(() => library.feedback.undo(old.id, 5)).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })
})
