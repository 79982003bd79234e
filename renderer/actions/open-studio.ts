import { storeDocument } from '../document/stored-document.ts'
import { emptyDocument, type StudioDocument } from '../document/studio-document.ts'
import { samples, type Sample } from '../state/samples.ts'
import { restoreHand, restoreView, seenView } from '../state/kept-view.svelte.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { tellOfJobs } from './tell-of-jobs.ts'

/** A brush that fits the paper: an eighth of its longer side. */
const brushShare = 0.12

/** Loads what the window shows and keeps it fresh whenever the connection comes back. */
export async function openStudio(studio: StudioState): Promise<void> {
  const { link } = studio
  link.watch((state) => {
    studio.linkState = state
    if (state === 'online') void refresh(studio).catch(studio.tell)
  })
  link.on('image.added', (image) => {
    const isMine = studio.results.arrived(image)
    if (isMine) studio.view.heatWord = null
  })
  tellOfJobs(studio)
  await link.start()
}

async function refresh(studio: StudioState): Promise<void> {
  await Promise.all([studio.settings.load(), studio.jobs.load()])
  if (!studio.isReady) {
    restoreHand(studio)
    await openFirst(studio)
  }
  studio.isReady = true
  await Promise.all([studio.models.load(), studio.gallery.loadBoards(), studio.gallery.load()])
  studio.about = await studio.link.ask('app.describe', {})
  await studio.disk.load()
  await catchUp(studio)
}

/** Pictures that were finished while the window, or another document in it, was looked at take their places. */
async function catchUp({ results, link, jobs, document }: StudioState): Promise<void> {
  const { id } = document
  const open = new Set(results.places.filter(({ imageId }) => imageId === null).map(({ jobId }) => jobId))
  for (const jobId of open) {
    const { images } = await link.ask('images.list', { query: { jobId }, limit: 256 })
    if (document.id !== id) return
    for (const image of images.toReversed()) results.arrived(image)
    const state = jobs.jobs.get(jobId)?.state
    if (state !== 'waiting' && state !== 'running') results.ended(jobId)
  }
}

/** The document that was open last, else the newest, else a sample to begin with. */
async function openFirst(studio: StudioState): Promise<void> {
  const documents = await studio.link.ask('documents.list', {})
  const last = studio.kept.value.document
  const wanted = documents.find(({ id }) => id === last) ?? documents[0]
  if (wanted !== undefined) {
    await openDocument(studio, wanted.id)
    return
  }
  const [sample] = samples
  if (sample !== undefined) await openSample(studio, sample)
  studio.view.isWelcomeOpen = true
}

export async function openDocument(studio: StudioState, id: number): Promise<void> {
  // Read before: as soon as the document is there, its view is remembered as it happens to be.
  const known = seenView(studio, id)
  await studio.document.open(await studio.link.ask('documents.open', { id }))
  studio.kept.change({ document: id })
  studio.results.open(id)
  studio.view.hold('region', studio.document.current.regions[0]?.id ?? null)
  studio.view.askingPhrase = null
  studio.view.compare = 'off'
  if (studio.isReady) void studio.attempt(() => catchUp(studio))
  if (known !== undefined) {
    restoreView(studio, known)
    return
  }
  studio.view.isFitted = true
  const { width, height } = studio.document.current
  studio.view.setBrush({ size: Math.max(2, Math.round(Math.max(width, height) * brushShare)) })
}

async function createDocument(studio: StudioState, name: string, document: StudioDocument): Promise<void> {
  const state = await storeDocument({ ...document, title: name }, studio.masks)
  const { id } = await studio.link.ask('documents.create', { name, state })
  await openDocument(studio, id)
}

export const openSample = (studio: StudioState, sample: Sample): Promise<void> =>
  createDocument(studio, studio.say(sample.name), sample.make())

/** A blank document of the same size and setup as the present one. */
export async function newDocument(studio: StudioState): Promise<void> {
  const { width, height, setup } = studio.document.current
  await createDocument(studio, studio.say('document.untitled'), {
    ...emptyDocument({ width, height }),
    setup: { ...setup, seed: null, startImage: null, startStrength: null },
  })
}
