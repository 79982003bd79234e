import type { EngineError } from '../../engine/contract/failures.ts'
import type { MessageKey, MessageValues } from './messages.ts'

const sentences: Readonly<Partial<Record<EngineError['code'], MessageKey>>> = {
  'out-of-memory': 'failure.outOfMemory',
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

/** The sentence for a failure; details are shown under it as the engine wrote them. */
export const describeFailure = (
  error: Pick<EngineError, 'code' | 'facts' | 'message'>,
): { readonly key: MessageKey; readonly values: MessageValues } => {
  const values: Record<string, string | number> = { details: error.message }
  for (const [name, value] of Object.entries(error.facts))
    if (typeof value === 'string' || typeof value === 'number') values[name] = value
  return { key: sentences[error.code] ?? 'failure.other', values }
}
