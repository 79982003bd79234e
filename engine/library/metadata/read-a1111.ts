import type { ForeignSettings } from '../../contract/image-records.ts'
import { shownLine, shownText } from './shown-text.ts'

type Source = ForeignSettings['source']

/**
 * Reads A1111's `parameters`: prompt lines, `Negative prompt: ...`, and a last line `Steps: 20, Sampler: ..., ...`.
 * Forge, Krita AI, SD.Next, InvokeAI's exporters and Fooocus's a1111 scheme write the same.
 *
 * @returns undefined when the text does not look like it
 */
export const readA1111 = (text: string, source: Source = 'a1111'): ForeignSettings | undefined => {
  const lines = text.split(/\r?\n/)
  const lastIndex = lines.findLastIndex((line) => /(^|, )(Steps|Size|Seed|Sampler): /.test(line))
  if (lastIndex < 0) return undefined
  const fields = readFields(lines[lastIndex] ?? '')
  const body = lines.slice(0, lastIndex)
  const negativeAt = body.findIndex((line) => line.startsWith('Negative prompt:'))
  const prompt = (negativeAt < 0 ? body : body.slice(0, negativeAt)).join('\n')
  const negative = negativeAt < 0 ? '' : body.slice(negativeAt).join('\n').replace('Negative prompt:', '')
  return { ...toSettings(fields, source), prompt: shownText(prompt, 100_000), negative: shownText(negative, 100_000) }
}

/** `Key: value, Key: "quoted, value"`; later keys of the same name lose. */
const readFields = (line: string): Map<string, string> => {
  const fields = new Map<string, string>()
  const field = /\s*([\w][\w \-/]{0,80}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)/g
  for (const match of line.slice(0, 100_000).matchAll(field)) {
    const [, key = '', value = ''] = match
    if (!fields.has(key)) fields.set(key, unquote(value.trim()))
    if (fields.size >= 200) break
  }
  return fields
}

const unquote = (value: string): string => {
  if (!value.startsWith('"')) return value
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'string' ? parsed : value
  } catch {
    return value
  }
}

const known = new Set([
  'Steps',
  'Sampler',
  'Schedule type',
  'CFG scale',
  'Seed',
  'Model',
  'Model hash',
  'Clip skip',
  'Denoising strength',
])

const toSettings = (fields: ReadonlyMap<string, string>, source: Source): ForeignSettings => {
  const sampler = splitSampler(fields.get('Sampler'))
  const schedule = fields.get('Schedule type') ?? sampler.schedule
  const other = [...fields].filter(([key]) => !known.has(key))
  return {
    source,
    ...numberField('steps', fields.get('Steps'), isSteps),
    ...numberField('cfgScale', fields.get('CFG scale'), Number.isFinite),
    ...numberField('clipSkip', fields.get('Clip skip'), Number.isFinite),
    ...numberField('denoise', fields.get('Denoising strength'), Number.isFinite),
    ...lineField('seed', fields.get('Seed'), 32),
    ...lineField('sampler', sampler.name, 200),
    ...lineField('schedule', schedule, 200),
    ...lineField('model', fields.get('Model'), 1000),
    ...lineField('modelHash', fields.get('Model hash'), 128),
    other: Object.fromEntries(other.map(([key, value]) => [shownLine(key, 200), shownText(value, 2000)])),
  }
}

/** Old texts join both: "DPM++ 2M Karras". */
const splitSampler = (label: string | undefined): { name?: string; schedule?: string } => {
  if (label === undefined) return {}
  const [, name, schedule] = /^(.*) (Karras|Exponential|Polyexponential)$/.exec(label) ?? []
  return name === undefined || schedule === undefined ? { name: label } : { name, schedule }
}

export const isSteps = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 100_000

/** A field with a number, or nothing when it is none that passes. */
export const numberField = <Name extends string>(
  name: Name,
  value: unknown,
  passes: (value: number) => boolean,
): Partial<Record<Name, number>> => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN // prettier-ignore
  return passes(number) ? ({ [name]: number } as Partial<Record<Name, number>>) : {} // A computed key widens to string.
}

/** A field with one line of text, or nothing when there is none. */
export const lineField = <Name extends string>(
  name: Name,
  value: unknown,
  limit: number,
): Partial<Record<Name, string>> => {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
  const line = shownLine(text, limit)
  return line === '' ? {} : ({ [name]: line } as Partial<Record<Name, string>>) // A computed key widens to string.
}
