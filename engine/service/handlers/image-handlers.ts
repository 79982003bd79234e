import type { CallHandlers } from '../../contract/calls.ts'
import type { imageCalls } from '../../contract/calls/image-calls.ts'
import type { ImageDetails } from '../../contract/image-records.ts'
import { importSampler } from '../../diffusion/import-sampler.ts'
import { hashOf, removeImageFiles, storeImageFile } from '../../library/image-files.ts'
import { countImages, listDays, listIds, listImages, listUsedModels } from '../../library/image-pages.ts'
import { describePicture } from '../pictures/describe-picture.ts'
import { importFolder } from '../pictures/import-folder.ts'
import { readPictureFacts } from '../pictures/read-facts.ts'
import type { ServiceParts } from '../service-parts.ts'

type ImageHandlers = Pick<CallHandlers, keyof typeof imageCalls>

/** Handlers of everything about pictures, boards, tags and feedback. */
export const imageHandlers = (parts: ServiceParts): ImageHandlers => ({
  ...pictureHandlers(parts),
  ...trashHandlers(parts),
  ...boardHandlers(parts),
  ...feedbackHandlers(parts),
})

const pictureHandlers = ({
  library,
  codec,
  announce,
  now,
  whenRecovered,
}: ServiceParts): Pick<
  ImageHandlers,
  | 'images.list'
  | 'images.count'
  | 'images.days'
  | 'images.ids'
  | 'images.models'
  | 'images.get'
  | 'images.findByHash'
  | 'images.setTags'
  | 'images.upload'
  | 'images.importFolder'
  | 'tags.list'
> => ({
  'images.list': (request) => listImages(library.database, request),
  'images.count': ({ query }) => ({ count: countImages(library.database, query) }),
  'images.days': () => listDays(library.database),
  'images.ids': ({ query, sort }) => listIds(library.database, query, sort),
  'images.models': () => listUsedModels(library.database),
  'images.get': ({ id }) => withSampling(library.images.details(id)),
  'images.findByHash': ({ hash }) => ({ id: library.images.findByHash(hash)?.id ?? null }),
  'images.setTags': ({ ids, add, remove }) => {
    const changed = library.tags.change({ ids, add, remove })
    for (const image of library.images.summaries(changed)) announce('image.changed', image)
    return { changed: changed.length }
  },
  'images.upload': async ({ base64 }) => {
    const bytes = Buffer.from(base64, 'base64')
    const known = library.images.findByHash(hashOf(bytes))
    if (known !== undefined) return { id: known.id, isNew: false }
    await whenRecovered
    const facts = await readPictureFacts(bytes, codec)
    const { own, foreign } = describePicture(facts)
    const hash = await storeImageFile(library.folders, bytes, facts.format)
    const { width, height, format } = facts
    const row = { hash, createdMs: now(), width, height, format, sizeBytes: bytes.byteLength }
    const { image, isNew } = library.images.add({ ...row, recipe: own?.recipe ?? null, foreign })
    if (isNew) announce('image.added', image)
    return { id: image.id, isNew }
  },
  'images.importFolder': ({ path }) =>
    importFolder({
      library,
      codec,
      path,
      nowMs: now(),
      onBatch: (added, seen) => {
        for (const image of added) announce('image.added', image)
        announce('import.progress', { path, seen, added: added.length })
      },
    }),
  'tags.list': () => library.tags.list(),
})

/** A picture that goes to the trash within a minute was not wanted. */
const earlyMs = 60_000

const trashHandlers = ({
  library,
  announce,
  now,
  whenRecovered,
}: ServiceParts): Pick<ImageHandlers, 'images.trash' | 'images.restore' | 'images.erase'> => ({
  'images.trash': ({ ids }) => {
    const nowMs = now()
    const changed = library.images.trash(ids, nowMs)
    for (const image of library.images.summaries(changed)) {
      library.feedback.add(image.id, nowMs - image.createdMs < earlyMs ? 'early-delete' : 'late-delete', nowMs)
      announce('image.changed', image)
    }
    return { changed: changed.length }
  },
  'images.restore': ({ ids }) => {
    const changed = library.images.restore(ids)
    for (const image of library.images.summaries(changed)) {
      const deletion = library.feedback.list(image.id).findLast(({ kind }) => kind.endsWith('-delete'))
      if (deletion !== undefined) library.feedback.undo(deletion.id, now())
      announce('image.changed', image)
    }
    return { changed: changed.length }
  },
  'images.erase': async ({ ids }) => {
    await whenRecovered
    // Files first: if one cannot be removed its row stays in the trash, and the next start takes no erased picture in again.
    await removeImageFiles(library.folders, library.images.trashed(ids))
    const rows = library.images.erase(ids)
    if (rows.length > 0) announce('image.erased', { ids: rows.map(({ id }) => id) })
    return { changed: rows.length }
  },
})

const boardHandlers = ({
  library,
  announce,
  now,
}: ServiceParts): Pick<
  ImageHandlers,
  'boards.list' | 'boards.create' | 'boards.rename' | 'boards.remove' | 'boards.add' | 'boards.take'
> => {
  const told = <Result>(result: Result): Result => {
    announce('boards.changed', {})
    return result
  }
  return {
    'boards.list': () => library.boards.list(),
    'boards.create': ({ name }) => told(library.boards.create(name, now())),
    'boards.rename': ({ id, name }) => told(library.boards.rename(id, name)),
    'boards.remove': ({ id }) => told({ changed: library.boards.remove(id) }),
    'boards.add': ({ id, imageIds }) => {
      const changed = library.boards.add(id, imageIds)
      for (const imageId of changed) library.feedback.add(imageId, 'board', now())
      return told({ changed: changed.length })
    },
    'boards.take': ({ id, imageIds }) => told({ changed: library.boards.take(id, imageIds).length }),
  }
}

const feedbackHandlers = ({
  library,
  announce,
  now,
}: ServiceParts): Pick<
  ImageHandlers,
  'feedback.add' | 'feedback.addToAll' | 'feedback.undo' | 'feedback.list' | 'feedback.scores'
> => ({
  'feedback.add': ({ imageId, kind }) => {
    const event = library.feedback.add(imageId, kind, now())
    const score = library.feedback.score(imageId, event.atMs)
    announce('feedback.changed', score)
    announce('image.changed', library.images.summary(imageId))
    return { event, score }
  },
  'feedback.addToAll': ({ ids, kind }) => {
    const events = library.feedback.addAll(ids, kind, now())
    for (const image of library.images.summaries(ids)) announce('image.changed', image)
    return { changed: events.length }
  },
  'feedback.undo': ({ eventId }) => {
    const score = library.feedback.undo(eventId, now())
    announce('feedback.changed', score)
    announce('image.changed', library.images.summary(score.imageId))
    return score
  },
  'feedback.list': ({ imageId }) => library.feedback.list(imageId),
  'feedback.scores': ({ imageIds, atMs }) => imageIds.map((imageId) => library.feedback.score(imageId, atMs ?? now())),
})

/** Adds what the sampler that another program names means here. */
const withSampling = (details: ImageDetails): ImageDetails => {
  const { foreign } = details
  if (foreign?.sampler === undefined) return details
  const { substitutions, ...meaning } = importSampler(foreign.sampler, foreign.schedule, foreign)
  return { ...details, sampling: { ...meaning, substitutions: [...substitutions] } }
}
