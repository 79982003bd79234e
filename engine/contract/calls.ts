import type { z } from 'zod'
import type { Call } from './call.ts'
import { alignmentCalls } from './calls/alignment-calls.ts'
import { appCalls } from './calls/app-calls.ts'
import { deviceCalls } from './calls/device-calls.ts'
import { documentCalls } from './calls/document-calls.ts'
import { imageCalls } from './calls/image-calls.ts'
import { jobCalls } from './calls/job-calls.ts'
import { promptCalls } from './calls/prompt-calls.ts'

/** Everything a window can ask of the service. One entry here, and the compiler asks for its handler. */
export const calls = {
  ...alignmentCalls,
  ...appCalls,
  ...deviceCalls,
  ...documentCalls,
  ...imageCalls,
  ...jobCalls,
  ...promptCalls,
} satisfies Readonly<Record<string, Call>>

export type CallName = keyof typeof calls
/** What a caller writes: fields with a default may be left out. */
export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['input']>
/** What a handler gets: every default filled in. */
export type CallArguments<Name extends CallName> = z.output<(typeof calls)[Name]['input']>
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]['output']>

/** One handler for every call of the table. */
export type CallHandlers = {
  readonly [Name in CallName]: (input: CallArguments<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>
}

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name)
