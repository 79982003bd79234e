import type { Output } from './output.ts'

/** What a command is given beside its arguments. */
export interface CommandContext {
  readonly output: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** One verb of `attune`. */
export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The text of `attune <name> --help`. */
  readonly help: string
  /** Does the work; throws EngineErrors, whose codes become exit codes. */
  readonly run: (args: readonly string[], context: CommandContext) => Promise<void>
}
