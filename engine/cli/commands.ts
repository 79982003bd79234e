import { alignCommand } from './align-command.ts'
import type { CliCommand } from './command.ts'
import { devicesCommand } from './devices-command.ts'
import { generateCommand } from './generate-command.ts'
import { libraryCommand } from './library-command.ts'
import { modelsCommand } from './models-command.ts'
import { serveCommand } from './serve-command.ts'

/** Every verb of `attune`; a new one is a file in this folder and a line here. */
export const commands: readonly CliCommand[] = [
  generateCommand,
  alignCommand,
  modelsCommand,
  devicesCommand,
  serveCommand,
  libraryCommand,
]
