import type { EngineError } from '../../engine/contract/failures.ts'
import type { Language, MessageKey, MessageValues } from './messages.ts'
import { showBytes } from './show-numbers.ts'

const sentences: Readonly<Partial<Record<EngineError['code'], MessageKey>>> = {
  'disk-full': 'failure.diskFull',
  'engine-stopped': 'failure.engineStopped',
  'not-found': 'failure.notFound',
  conflict: 'failure.conflict',
  refused: 'failure.refused',
  'file-unreadable': 'failure.fileUnreadable',
  'file-malformed': 'failure.fileMalformed',
  'format-unsupported': 'failure.formatUnsupported',
  'model-unsupported': 'failure.modelUnsupported',
  'model-incomplete': 'failure.modelUnsupported',
  'unknown-name': 'failure.unknownName',
  'size-not-multiple': 'failure.size',
  'prompt-invalid': 'failure.prompt',
  cancelled: 'failure.cancelled',
  'numbers-not-finite': 'failure.notFinite',
}

type Described = { readonly key: MessageKey; readonly values: MessageValues }

/** The sentence for a failure; details are shown under it as the engine wrote them. */
export const describeFailure = (
  error: Pick<EngineError, 'code' | 'facts' | 'message'>,
  language: Language,
): Described => {
  const values: Record<string, string | number> = { details: error.message }
  for (const [name, value] of Object.entries(error.facts))
    if (typeof value === 'string' || typeof value === 'number') values[name] = value
  if (error.code === 'out-of-memory') return describeMemory(error, values, language)
  return { key: sentences[error.code] ?? 'failure.other', values }
}

/** With the bytes needed and free, where they are known, and what would fit. */
const describeMemory = (
  { facts }: Pick<EngineError, 'facts'>,
  values: MessageValues,
  language: Language,
): Described => {
  const { neededBytes, availableBytes, fittingWidth, isEstimate } = facts
  if (typeof neededBytes !== 'number' || typeof availableBytes !== 'number')
    return { key: 'failure.outOfMemory', values }
  const known = { ...values, needed: showBytes(neededBytes, language), available: showBytes(availableBytes, language) }
  if (isEstimate !== true) return { key: 'failure.outOfMemoryRunning', values: known }
  return { key: fittingWidth === undefined ? 'failure.outOfMemoryModel' : 'failure.outOfMemorySize', values: known }
}
