#!/usr/bin/env node
import { EngineError } from '../contract/failures.ts'
import type { CliCommand } from './command.ts'
import { commands } from './commands.ts'
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.ts'
import { jsonOutput, textOutput, type Output } from './output.ts'

const help = `attune <command> [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

attune <command> --help says more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the model cannot be used,
4 the picture could not be written, 5 the device or its memory failed, 130 stopped by Ctrl-C.
`

const main = async (args: readonly string[]): Promise<ExitCode> => {
  const [name, ...rest] = args
  const output = rest.includes('--json')
    ? jsonOutput((line) => process.stdout.write(line))
    : textOutput(process.stdout, process.stderr)
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(help)
    return name === undefined ? exitCodes.badUsage : exitCodes.done
  }
  const command = commands.find((candidate) => candidate.name === name)
  if (command === undefined) {
    output.failure(
      new EngineError('unknown-name', {
        where: 'attune',
        found: `no command "${name}"`,
        expected: commands.map((known) => known.name).join(', '),
      }),
    )
    return exitCodes.badUsage
  }
  if (rest.includes('--help')) {
    process.stdout.write(command.help)
    return exitCodes.done
  }
  return runCommand(command, rest, output)
}

/** Ctrl-C stops between two steps; a second one ends the process at once, which leaves no half file either. */
const runCommand = async (command: CliCommand, args: readonly string[], output: Output): Promise<ExitCode> => {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    await command.run(args, { output, signal: controller.signal })
    return exitCodes.done
  } catch (error) {
    output.failure(error)
    return error instanceof EngineError ? exitCodeOf(error.code) : exitCodes.failed
  }
}

process.exitCode = await main(process.argv.slice(2))
