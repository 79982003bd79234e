/**
 * Everything that can go wrong, as data. The sentence a user reads is made from `code` and `facts`
 * by the message catalogue; the developer's message has four parts: where, found, expected, what to do.
 */
export const failureCodes = [
  'bad-argument',
  'shape-mismatch',
  'graph-invalid',
  'file-unreadable',
  'file-unwritable',
  'file-unsafe',
  'file-malformed',
  'format-unsupported',
  'model-incomplete',
  'model-unsupported',
  'weight-missing',
  'weight-mismatch',
  'weights-unread',
  'config-invalid',
  'unknown-name',
  'size-not-multiple',
  'prompt-invalid',
  'out-of-memory',
  'disk-full',
  'device-failed',
  'numbers-not-finite',
  'cancelled',
  'engine-stopped',
  'contract-violated',
  'conflict',
  'not-found',
  'refused',
  'unexpected',
] as const

export type FailureCode = (typeof failureCodes)[number]

/** What the four parts of a message say, plus any machine-readable detail under its own name. */
export interface Facts {
  /** The place: component and part, such as `unet` or `safetensors header`. */
  readonly where: string
  readonly found: string
  readonly expected?: string
  /** What the reader should do about it. */
  readonly remedy?: string
  readonly [detail: string]: string | number | boolean | readonly string[] | undefined
}

/** The one error type of the engine. `message` is for developers; users see a sentence made from `code` and `facts`. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: FailureCode
  readonly facts: Facts

  constructor(code: FailureCode, facts: Facts, options?: ErrorOptions) {
    super(describe(facts), options)
    this.code = code
    this.facts = facts
  }
}

const describe = ({ where, found, expected, remedy }: Facts): string =>
  `${where}: ${found}${expected === undefined ? '' : `, expected ${expected}`}.${remedy === undefined ? '' : ` ${remedy}`}`
