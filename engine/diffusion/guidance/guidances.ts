import { adaptive } from './adaptive.ts'
import { classifierFree } from './classifier-free.ts'
import type { Guidance } from './guidance.ts'

/** A way of following the prompt, by the id that a request gives. */
export interface GuidanceEntry {
  readonly id: string
  readonly guide: Guidance
}

/** Every guidance there is; `none` follows the prompt alone. */
export const guidances = [
  { id: 'cfg', guide: classifierFree },
  { id: 'adaptive', guide: adaptive },
  { id: 'none', guide: ({ conditional }) => ({ denoise: conditional, state: () => [] }) },
] as const satisfies readonly GuidanceEntry[]

export type GuidanceId = (typeof guidances)[number]['id']
