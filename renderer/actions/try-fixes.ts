import { wordMarks } from '../alignment/word-marks.ts'
import { fixesFor } from '../document/fix-document.ts'
import { makeRequest } from '../document/make-request.ts'
import { withSetup } from '../document/studio-document.ts'
import type { FixRound, FixTry } from '../state/fix-state.svelte.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { randomSeed } from './generate-picture.ts'
import { isCancelled } from './measure-picture.ts'
import { shownMarks } from './read-heat.ts'

/** Draws three ways to help a word, at half the steps, and scores them. The document stays as it is. */
export async function tryFixes(studio: StudioState, word: string): Promise<void> {
  const { results, document, fixes, link } = studio
  const imageId = results.shown
  if (imageId === null) return
  const { recipe } = await link.ask('images.get', { id: imageId })
  const others = await otherMaps(studio, imageId, word)
  const steps = Math.max(1, Math.ceil(document.current.setup.steps / 2))
  const input = { word, seed: recipe?.seed ?? randomSeed(), newSeed: randomSeed(), newId: crypto.randomUUID(), others }
  const untried = { jobId: null, imageId: null, score: null, hasFailed: false }
  const tries = fixesFor(document.current, input).map((fix): FixTry => ({ ...fix, ...untried }))
  const before = shownMarks(studio).find((mark) => mark.word === word)?.score ?? null
  const round: FixRound = { word, imageId, before, steps, input, tries }
  fixes.round = round
  studio.view.heatWord = null
  await Promise.all(tries.map((one) => tryOne(studio, round, one)))
}

async function tryOne(studio: StudioState, round: FixRound, one: FixTry): Promise<void> {
  const { fixes } = studio
  try {
    const imageId = await drawTry(studio, round, one)
    fixes.settle(round, one.kind, { imageId })
    const measured = await studio.alignment.measure(imageId, [round.word])
    const score = wordMarks(measured).find(({ word }) => word === round.word)?.score ?? null
    fixes.settle(round, one.kind, { score, hasFailed: score === null })
  } catch (error) {
    fixes.settle(round, one.kind, { hasFailed: true })
    if (!isCancelled(error)) studio.tell(error)
  }
}

/** @returns the picture's id @throws whatever the job failed with */
async function drawTry(studio: StudioState, round: FixRound, { kind, document }: FixTry): Promise<number> {
  const { link, fixes, masks } = studio
  const request = await makeRequest(withSetup(document, { steps: round.steps, count: 1, reweigh: 1 }), masks)
  const job = await link.ask('jobs.add', { request, isFirst: true })
  fixes.settle(round, kind, { jobId: job.id })
  const ended = await whenEnded(studio, job.id)
  const { images } = await link.ask('images.list', { query: { jobId: ended } })
  const [image] = images
  if (image === undefined) throw Object.assign(new Error('the try was stopped'), { code: 'cancelled' })
  return image.id
}

/** Resolves with the id of a job once it has ended, however it did. */
const whenEnded = (studio: StudioState, jobId: number): Promise<number> =>
  new Promise((resolve) => {
    const isOver = (state: string): boolean => state !== 'waiting' && state !== 'running'
    const stop = studio.link.on('job.changed', ({ id, state }) => {
      if (id === jobId && isOver(state)) finish()
    })
    const finish = (): void => {
      stop()
      resolve(jobId)
    }
    // It may have ended before anybody listened.
    void studio.link.ask('jobs.get', { id: jobId }).then(({ state }) => {
      if (isOver(state)) finish()
    })
  })

async function otherMaps(studio: StudioState, imageId: number, word: string) {
  const words = shownMarks(studio).filter((mark) => mark.word !== word && mark.score?.verdict !== 'ignored')
  const maps = await Promise.all(words.map((mark) => studio.alignment.fetchHeat(imageId, mark.word)))
  return maps.filter((map) => map !== undefined)
}

/** Takes over what a try changed, as one undoable step, and shows its picture in the strip. */
export function acceptFix(studio: StudioState, one: FixTry): void {
  const { document, fixes, results } = studio
  if (fixes.round === null) return
  // The document may have gone on since the try was begun: the change is made to it as it is now.
  const fix = fixesFor(document.current, fixes.round.input).find(({ kind }) => kind === one.kind)
  if (fix !== undefined) document.change(fix.document, `change.fix.${fix.kind}`)
  if (one.imageId !== null && one.jobId !== null) results.add(one.jobId, one.imageId)
  void leaveFixes(studio)
}

/** Leaves everything as it was; what still runs is stopped. */
export async function leaveFixes(studio: StudioState): Promise<void> {
  const { fixes, link, jobs, alignment } = studio
  const tries = fixes.round?.tries ?? []
  fixes.round = null
  for (const { jobId, imageId, score } of tries) {
    const state = jobId === null ? undefined : jobs.jobs.get(jobId)?.state
    if (jobId !== null && imageId === null && (state === 'waiting' || state === 'running'))
      await link.ask('jobs.cancel', { id: jobId }).catch(() => undefined)
    if (imageId !== null && score === null) await alignment.cancel(imageId).catch(() => undefined)
  }
}
