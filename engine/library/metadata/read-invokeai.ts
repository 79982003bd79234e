import { z } from 'zod'
import type { ForeignSettings } from '../../contract/image-records.ts'
import { isSteps, lineField, numberField } from './read-a1111.ts'
import { shownText } from './shown-text.ts'

/** Every field may be missing or of another type: then it is not taken. */
const metadataSchema = z.looseObject({
  positive_prompt: z.string().optional().catch(undefined),
  negative_prompt: z.string().nullish().catch(undefined),
  model: z.looseObject({ name: z.unknown(), model_name: z.unknown(), hash: z.unknown() }).optional().catch(undefined),
})

/**
 * Reads `invokeai_metadata`, a flat JSON object.
 *
 * @returns undefined when it is none of InvokeAI's
 */
export const readInvokeai = (value: unknown): ForeignSettings | undefined => {
  const parsed = metadataSchema.safeParse(value)
  if (!parsed.success) return undefined
  const data = parsed.data
  if (data.positive_prompt === undefined && data['seed'] === undefined) return undefined
  const { width, height } = data
  return {
    source: 'invokeai',
    prompt: shownText(data.positive_prompt ?? '', 100_000),
    negative: shownText(data.negative_prompt ?? '', 100_000),
    ...numberField('steps', data['steps'], isSteps),
    ...numberField('cfgScale', data['cfg_scale'], Number.isFinite),
    ...numberField('denoise', data['strength'], Number.isFinite),
    ...numberField('clipSkip', data['clip_skip'], Number.isFinite),
    ...lineField('seed', data['seed'], 32),
    ...lineField('sampler', data['scheduler'], 200),
    ...lineField('model', data.model?.name ?? data.model?.model_name, 1000),
    ...lineField('modelHash', data.model?.hash, 128),
    other: typeof width === 'number' && typeof height === 'number' ? { Size: `${width}x${height}` } : {},
  }
}
