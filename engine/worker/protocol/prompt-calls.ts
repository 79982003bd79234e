import { z } from 'zod'
import { promptReadingSchema, promptTextSchema } from '../../contract/prompt-records.ts'
import type { CallTable } from '../../process/call-table.ts'
import { pathSchema } from './model-options.ts'

/** What the worker says about prompts without running a network. */
export const promptCalls = {
  readPrompts: {
    args: z.strictObject({ modelPath: pathSchema, prompts: z.array(promptTextSchema).min(1).max(16) }),
    /** One for each prompt. */
    result: z.array(promptReadingSchema),
  },
} as const satisfies CallTable
