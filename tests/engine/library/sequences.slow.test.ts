import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { feedbackKinds } from '../../../engine/contract/feedback-records.ts'
import type { FeedbackKind } from '../../../engine/contract/feedback-records.ts'
import { scoreFeedback } from '../../../engine/library/feedback-score.ts'
import { countImages, listImages } from '../../../engine/library/image-pages.ts'
import type { Library } from '../../../engine/library/library.ts'
import { makeTemporaryFolder, openLibrary, someImage, someRecipe } from './temporary-library.ts'

/** What a library should hold, as plain arrays and sets: no SQL, no indexes, nothing clever. */
interface Model {
  readonly images: Map<number, { name: string; tags: Set<string>; boards: Set<number>; trashed: boolean; events: ModelEvent[] }> // prettier-ignore
  readonly boards: Map<number, string>
  clock: number
}
interface ModelEvent {
  readonly id: number
  readonly kind: FeedbackKind
  readonly atMs: number
}

type Step = (library: Library, model: Model) => void

const names = fc.constantFrom('kettle', 'castle', 'harbour', 'lantern', 'fox', 'orchard')
const tags = fc.constantFrom('red', 'blue', 'tall')
const pick = fc.nat(1000)

const at = <Value>(values: Iterable<Value>, index: number): Value | undefined => {
  const all = [...values]
  return all[index % Math.max(1, all.length)]
}

const addImage =
  (name: string, gap: number): Step =>
  (library, model) => {
    model.clock += gap
    const unique = `${name} ${model.images.size} ${model.clock}`
    const image = someImage(unique, { createdMs: model.clock, recipe: someRecipe({ prompt: name }) })
    const { image: row, isNew } = library.images.add(image)
    if (isNew) model.images.set(row.id, { name, tags: new Set(), boards: new Set(), trashed: false, events: [] })
  }

const changeTag =
  (index: number, tag: string, isAdded: boolean): Step =>
  (library, model) => {
    const id = at(model.images.keys(), index)
    if (id === undefined) return
    library.tags.change({ ids: [id], add: isAdded ? [tag] : [], remove: isAdded ? [] : [tag] })
    if (isAdded) model.images.get(id)?.tags.add(tag)
    else model.images.get(id)?.tags.delete(tag)
  }

const addBoard =
  (name: string): Step =>
  (library, model) => {
    model.boards.set(library.boards.create(name, model.clock).id, name)
  }

const removeBoard =
  (index: number): Step =>
  (library, model) => {
    const id = at(model.boards.keys(), index)
    if (id === undefined) return
    library.boards.remove(id)
    model.boards.delete(id)
    for (const image of model.images.values()) image.boards.delete(id)
  }

const changeBoard =
  (boardIndex: number, imageIndex: number, isAdded: boolean): Step =>
  (library, model) => {
    const [board, id] = [at(model.boards.keys(), boardIndex), at(model.images.keys(), imageIndex)]
    if (board === undefined || id === undefined) return
    if (isAdded) library.boards.add(board, [id])
    else library.boards.take(board, [id])
    if (isAdded) model.images.get(id)?.boards.add(board)
    else model.images.get(id)?.boards.delete(board)
  }

const setTrashed =
  (index: number, isTrashed: boolean): Step =>
  (library, model) => {
    const id = at(model.images.keys(), index)
    const image = model.images.get(id ?? 0)
    if (id === undefined || image === undefined) return
    if (isTrashed) library.images.trash([id], model.clock)
    else library.images.restore([id])
    image.trashed = isTrashed
  }

const erase =
  (index: number): Step =>
  (library, model) => {
    const id = at(model.images.keys(), index)
    if (id === undefined) return
    library.images.erase([id])
    if (model.images.get(id)?.trashed === true) model.images.delete(id)
  }

const addEvent =
  (index: number, kind: FeedbackKind): Step =>
  (library, model) => {
    const id = at(model.images.keys(), index)
    if (id === undefined) return
    model.clock += 1000
    const event = library.feedback.add(id, kind, model.clock)
    model.images.get(id)?.events.push({ id: event.id, kind, atMs: model.clock })
  }

const undoEvent =
  (index: number, eventIndex: number): Step =>
  (library, model) => {
    const image = model.images.get(at(model.images.keys(), index) ?? 0)
    const event = image === undefined ? undefined : at(image.events, eventIndex)
    if (image === undefined || event === undefined) return
    library.feedback.undo(event.id, model.clock)
    image.events.splice(image.events.indexOf(event), 1)
  }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(names, fc.nat(3)).map(([name, gap]) => addImage(name, gap)) },
  { weight: 3, arbitrary: fc.tuple(pick, tags, fc.boolean()).map(([index, tag, isAdded]) => changeTag(index, tag, isAdded)) }, // prettier-ignore
  { weight: 1, arbitrary: names.map(addBoard) },
  { weight: 1, arbitrary: pick.map(removeBoard) },
  { weight: 3, arbitrary: fc.tuple(pick, pick, fc.boolean()).map(([board, image, isAdded]) => changeBoard(board, image, isAdded)) }, // prettier-ignore
  { weight: 2, arbitrary: fc.tuple(pick, fc.boolean()).map(([index, isTrashed]) => setTrashed(index, isTrashed)) },
  { weight: 1, arbitrary: pick.map(erase) },
  { weight: 4, arbitrary: fc.tuple(pick, fc.constantFrom(...feedbackKinds)).map(([index, kind]) => addEvent(index, kind)) }, // prettier-ignore
  { weight: 2, arbitrary: fc.tuple(pick, pick).map(([index, event]) => undoEvent(index, event)) },
)

/** Everything a window can ask, asked of both. */
const compare = (library: Library, model: Model): void => {
  const newest = [...model.images].toSorted(([a], [b]) => b - a)
  const visible = newest.filter(([, image]) => !image.trashed)
  const ids = (query: Parameters<typeof countImages>[1]): number[] =>
    listImages(library.database, { query, limit: 500 }).images.map(({ id }) => id)
  expect(ids({ isTrashed: false })).toEqual(visible.map(([id]) => id))
  expect(ids({ isTrashed: true })).toEqual(newest.filter(([, image]) => image.trashed).map(([id]) => id))
  for (const text of ['kettle', 'red', 'fox tall']) {
    const words = text.split(' ')
    const found = visible.filter(([, image]) => words.every((word) => image.name === word || image.tags.has(word)))
    expect([text, ids({ isTrashed: false, text })]).toEqual([text, found.map(([id]) => id)])
  }
  for (const tag of ['red', 'blue']) {
    expect(ids({ isTrashed: false, tag })).toEqual(visible.filter(([, image]) => image.tags.has(tag)).map(([id]) => id))
  }
  expect(
    library.boards
      .list()
      .map(({ id, images }) => [id, images])
      .toSorted(),
  ).toEqual(
    [...model.boards.keys()].map((board) => [board, visible.filter(([, image]) => image.boards.has(board)).length]).toSorted(), // prettier-ignore
  )
  const later = model.clock + 40 * 86_400_000
  for (const [id, { events }] of newest) {
    const expected = scoreFeedback(events, later)
    expect(library.feedback.score(id, later)).toEqual({ imageId: id, ...expected })
    const { rating, flag, isStarred } = library.images.summary(id)
    expect({ rating, flag, isStarred }).toEqual({ rating: expected.rating, flag: expected.flag, isStarred: expected.isStarred }) // prettier-ignore
  }
  const best = newest.filter(([, image]) => !image.trashed && (scoreFeedback(image.events, later).rating ?? 0) >= 3)
  expect(countImages(library.database, { isTrashed: false, leastRating: 3 })).toBe(best.length)
}

it('agrees with a plain model in 1,000 random sequences', { timeout: 600_000 }, async () => {
  const root = await makeTemporaryFolder(onTestFinished)
  const library = await openLibrary(root)
  onTestFinished(() => library.close())
  // Durability is the kill tests' matter; without waiting for the disk a thousand sequences take seconds.
  library.database.pragma('synchronous = OFF')
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 40 }), (sequence) => {
      library.database.exec('DELETE FROM image; DELETE FROM image_text; DELETE FROM board; DELETE FROM tag')
      const model: Model = { images: new Map(), boards: new Map(), clock: 1_700_000_000_000 }
      for (const step of sequence) step(library, model)
      compare(library, model)
    }),
    { numRuns: 1000, seed: 11 },
  )
})
