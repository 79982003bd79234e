import type { appCalls } from '../contract/calls/app-calls.ts'
import type { CallHandlers } from '../contract/calls.ts'
import type { Announce } from '../contract/events.ts'
import type { Library } from '../library/library.ts'
import type { AlignmentDesk } from './alignment/alignment-desk.ts'
import type { PictureCodec } from './pictures/picture-codec.ts'
import type { JobQueue } from './queue/job-queue.ts'
import type { PromptReading } from '../contract/prompt-records.ts'
import type { PictureMaker } from './queue/picture-maker.ts'

/** What handlers work with. */
export interface ServiceParts {
  readonly library: Library
  readonly queue: JobQueue
  readonly maker: PictureMaker
  readonly codec: PictureCodec
  readonly alignment: AlignmentDesk
  /** How a model, by its id in the library, reads prompts: one reading for each. */
  readonly readPrompts: (model: string | undefined, prompts: readonly string[]) => Promise<readonly PromptReading[]>
  readonly announce: Announce
  /** Resolves when files and rows are brought together; before that nobody writes or removes pictures. */
  readonly whenRecovered: Promise<unknown>
  readonly now: () => number
}

export type AppHandlers = Pick<CallHandlers, keyof typeof appCalls>
