import type { FailureCode } from '../contract/failures.ts'

/** What the process ends with; documented in `attune --help` and docs/command-line.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  badUsage: 2,
  modelTrouble: 3,
  cannotWrite: 4,
  deviceTrouble: 5,
  cancelled: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const byFailure: Partial<Record<FailureCode, ExitCode>> = {
  'bad-argument': exitCodes.badUsage,
  'unknown-name': exitCodes.badUsage,
  'size-not-multiple': exitCodes.badUsage,
  'prompt-invalid': exitCodes.badUsage,
  conflict: exitCodes.cannotWrite,
  'not-found': exitCodes.cannotWrite,
  refused: exitCodes.cannotWrite,
  'file-unwritable': exitCodes.cannotWrite,
  'disk-full': exitCodes.cannotWrite,
  'file-unreadable': exitCodes.modelTrouble,
  'file-unsafe': exitCodes.modelTrouble,
  'file-malformed': exitCodes.modelTrouble,
  'format-unsupported': exitCodes.modelTrouble,
  'model-incomplete': exitCodes.modelTrouble,
  'model-unsupported': exitCodes.modelTrouble,
  'weight-missing': exitCodes.modelTrouble,
  'weight-mismatch': exitCodes.modelTrouble,
  'weights-unread': exitCodes.modelTrouble,
  'config-invalid': exitCodes.modelTrouble,
  'device-failed': exitCodes.deviceTrouble,
  'out-of-memory': exitCodes.deviceTrouble,
  'engine-stopped': exitCodes.deviceTrouble,
  'numbers-not-finite': exitCodes.deviceTrouble,
  cancelled: exitCodes.cancelled,
}

/** The exit code that says what kind of failure it was. */
export const exitCodeOf = (code: FailureCode): ExitCode => byFailure[code] ?? exitCodes.failed
