import { makeRequest } from '../document/make-request.ts'
import type { StudioDocument } from '../document/studio-document.ts'
import { isLook, stepsOf } from '../state/job-steps.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

export interface GenerateOptions {
  /** Before everything that waits. */
  readonly isFirst: boolean
}

/** Puts the document into the queue; it is on disk before this resolves. */
export async function generatePicture(studio: StudioState, { isFirst }: GenerateOptions): Promise<void> {
  await queueDocument(studio, studio.document.current, isFirst)
  rememberPrompt(studio, studio.document.current.prompt)
}

/** The same with another document, as for variations and grids. @returns the job's id */
export async function queueDocument(studio: StudioState, document: StudioDocument, isFirst: boolean): Promise<number> {
  const request = await makeRequest(document, studio.masks)
  const seed = request.seed ?? randomSeed()
  const job = await studio.link.ask('jobs.add', { request: { ...request, seed }, isFirst })
  studio.jobs.learn(job)
  studio.results.expect(job.id, job.request.count)
  return job.id
}

const likenessOfMore = 0.25

/** Pictures beside the shown one: its seed, with a quarter of other noise. */
export async function moreLikeThis(studio: StudioState): Promise<void> {
  const { results, link, document } = studio
  if (results.shown === null) return
  const { recipe } = await link.ask('images.get', { id: results.shown })
  if (recipe === null) return
  const setup = { ...document.current.setup, seed: recipe.seed, count: 1, variationStrength: likenessOfMore }
  for (let i = 0; i < 4; i++)
    await queueDocument(studio, { ...document.current, setup: { ...setup, variationSeed: randomSeed() } }, false)
}

/** A seed that every program of the family can take: 32 bits. */
export const randomSeed = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0)

/** Stops what is running for this window: between two steps. */
export async function cancelPicture(studio: StudioState): Promise<void> {
  const { running } = studio.jobs
  if (running === undefined) return
  const { progress } = studio.jobs
  await studio.link.ask('jobs.cancel', { id: running.id })
  if (progress === null || isLook(progress)) studio.notices.show('notice.stopped')
  else studio.notices.show('notice.stoppedAt', { step: stepsOf(progress).done })
}

const mostPrompts = 100

/** Prompts that were drawn, newest first. */
export const promptHistory = ({ kept }: StudioState): readonly string[] => kept.value.prompts

function rememberPrompt({ kept }: StudioState, prompt: string): void {
  if (prompt.trim() === '') return
  kept.change({ prompts: [prompt, ...kept.value.prompts.filter((other) => other !== prompt)].slice(0, mostPrompts) })
}
