import { z } from 'zod'
import type { CallTable } from '../../../engine/process/call-table.ts'

/** The protocol of the child in `echo-process.ts`, which exists to be called, cancelled and killed. */
export const echoCalls = {
  double: { args: z.number(), result: z.number() },
  reverse: { args: z.instanceof(Uint8Array), result: z.instanceof(Uint8Array) },
  count: { args: z.object({ to: z.number() }), result: z.number(), progress: z.number() },
  fail: { args: z.enum(['engine-error', 'type-error', 'unclonable']), result: z.unknown() },
  die: { args: z.enum(['exit', 'abort', 'throw']), result: z.null() },
  wait: { args: z.null(), result: z.null(), progress: z.literal('waiting') },
  block: { args: z.null(), result: z.null() },
  misfit: { args: z.null(), result: z.string() },
  babble: { args: z.null(), result: z.null() },
} satisfies CallTable
