import { z } from 'zod'
import { deviceChoices, deviceFaultSchema, deviceListSchema, deviceNames } from '../../contract/device-records.ts'
import type { CallTable } from '../../process/call-table.ts'
import { pathSchema } from './model-options.ts'

const writableForms = ['groupNorm', 'layerNorm', 'gelu', 'scaledSigmoid'] as const

/** What a check found; `runtime/` makes it. */
export const findingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('right'),
    target: z.strictObject({
      device: z.enum(deviceNames),
      fusedAttention: z.boolean(),
      writtenOut: z.array(z.enum(writableForms)).readonly().optional(),
    }),
    switchedOff: z.array(deviceFaultSchema).readonly(),
    speed: z.number().positive().nullable(),
  }),
  z.strictObject({ kind: z.literal('wrong'), faults: z.array(deviceFaultSchema).readonly() }),
  z.strictObject({ kind: z.literal('absent'), reason: z.string().max(1000) }),
])

const deviceNameSchema = z.enum(deviceNames)

/** What the process that checks devices can be asked. It may die or hang over `checkDevice`: nothing else runs in it. */
export const deviceCalls = {
  /** What is known of every device, and which one is used for this choice. */
  listDevices: { args: z.strictObject({ choice: z.enum(deviceChoices) }), result: deviceListSchema },
  /** Checks a device, whatever is known of it, and keeps what was found. */
  checkDevice: {
    args: z.strictObject({
      device: deviceNameSchema,
      /** A small model whose networks are run as a whole. */
      modelPath: pathSchema,
    }),
    result: findingSchema,
    progress: z.strictObject({
      /** The row that is about to run. */
      row: z.string(),
      done: z.int().nonnegative(),
      /** What holds if the process dies over this row. */
      settled: findingSchema.nullable(),
    }),
  },
  /** Keeps that the process died or hung over a check, and gives what is thereby found. */
  keepDeath: {
    args: z.strictObject({
      device: deviceNameSchema,
      /** Before the first row: null. */
      row: z.string().nullable(),
      isHang: z.boolean(),
      settled: findingSchema.nullable(),
    }),
    result: findingSchema,
  },
} as const satisfies CallTable

export type DeviceCalls = typeof deviceCalls
export type FindingRecord = z.infer<typeof findingSchema>
