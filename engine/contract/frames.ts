import { z } from 'zod'
import { failureSchema } from './failure-record.ts'

/** Changes whenever an old window and a new service could misunderstand each other. */
export const contractVersion = 1

const frameId = z.int().positive().max(Number.MAX_SAFE_INTEGER)

/** From the window. `hello` comes first and once. */
export const clientFrameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hello'), version: z.int() }),
  z.strictObject({ kind: z.literal('call'), id: frameId, name: z.string().max(64), input: z.unknown() }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

/** From the service: `welcome` or `refused` first, then answers by id and events in order. */
export const serverFrameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('welcome'), version: z.int(), appVersion: z.string() }),
  z.strictObject({ kind: z.literal('refused'), failure: failureSchema }),
  z.strictObject({ kind: z.literal('result'), id: frameId, output: z.unknown() }),
  z.strictObject({ kind: z.literal('failure'), id: frameId.nullable(), failure: failureSchema }),
  z.strictObject({
    kind: z.literal('event'),
    /** Counts the events of this connection from 1 without a gap. */
    sequence: z.int().positive(),
    name: z.string().max(64),
    payload: z.unknown(),
  }),
])
export type ServerFrame = z.infer<typeof serverFrameSchema>
