import { z } from 'zod'

/** Where networks may run. */
export const deviceNames = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const
export type DeviceName = (typeof deviceNames)[number]

/** What a user may ask for; `automatic` is the fastest that passed its check. */
export const deviceChoices = ['automatic', ...deviceNames] as const
export type DeviceChoice = (typeof deviceChoices)[number]

const deviceStateSchema = z.enum([
  /** Passed its check: it is used when it is chosen. */
  'right',
  /** Computes wrong numbers, or died or took too long over its check. */
  'wrong',
  /** Cannot be started, such as without an adapter or a library. */
  'absent',
  'unchecked',
])

/** One row of a check that failed: by how much, relative to the CPU, or why there is no number. */
export const deviceFaultSchema = z.strictObject({
  row: z.string().max(200),
  error: z.number().nonnegative().nullable(),
  reason: z.string().max(1000).nullable(),
})
export type DeviceFault = z.infer<typeof deviceFaultSchema>

/** What is known of one device. */
export const deviceReportSchema = z.strictObject({
  name: z.enum(deviceNames),
  adapter: z.string().max(500),
  state: deviceStateSchema,
  /** Times as fast as the CPU on a block of SD 1.5. */
  speed: z.number().positive().nullable(),
  /** In words of ONNX Runtime, where it is absent. */
  reason: z.string().max(1000).nullable(),
  /** Of a wrong device what was wrong; of a right one which fused kernels were, and are switched off. */
  faults: z.array(deviceFaultSchema).max(200).readonly(),
  checkedAtMs: z.number().nonnegative().nullable(),
})
export type DeviceReport = z.infer<typeof deviceReportSchema>

/** All devices, and which one the next picture runs on. */
export const deviceListSchema = z.strictObject({
  choice: z.enum(deviceChoices),
  used: z.enum(deviceNames),
  devices: z.array(deviceReportSchema).max(16).readonly(),
})
export type DeviceList = z.infer<typeof deviceListSchema>
