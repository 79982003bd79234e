import { z } from 'zod'
import type { ForeignSettings } from '../../contract/image-records.ts'
import { isSteps, lineField, numberField } from './read-a1111.ts'
import { shownLine, shownText } from './shown-text.ts'

const schemeSchema = z.looseObject({
  prompt: z.string(),
  base_model: z.unknown(),
  negative_prompt: z.string().catch(''),
})

/**
 * Reads Fooocus's own scheme: `parameters` holds JSON instead of lines.
 *
 * @returns undefined when it is none of Fooocus's
 */
export const readFooocus = (value: unknown): ForeignSettings | undefined => {
  const parsed = schemeSchema.safeParse(value)
  if (!parsed.success) return undefined
  const data = parsed.data
  const others = ['resolution', 'styles', 'performance', 'refiner_model', 'sharpness', 'version']
  return {
    source: 'fooocus',
    prompt: shownText(data.prompt, 100_000),
    negative: shownText(data.negative_prompt, 100_000),
    ...numberField('steps', data['steps'], isSteps),
    ...numberField('cfgScale', data['guidance_scale'], Number.isFinite),
    ...numberField('clipSkip', data['clip_skip'], Number.isFinite),
    ...lineField('seed', data['seed'], 32),
    ...lineField('sampler', data['sampler'], 200),
    ...lineField('schedule', data['scheduler'], 200),
    ...lineField('model', data.base_model, 1000),
    ...lineField('modelHash', data['base_model_hash'], 128),
    other: Object.fromEntries(
      others.flatMap((key) => (data[key] === undefined ? [] : [[key, shownLine(asText(data[key]), 2000)]])),
    ),
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
