import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { EngineError } from '../contract/failures.ts'
import type { CliCommand } from './command.ts'
import { requireDevice } from './devices/require-device.ts'
import { forkJsonLines, messageOf } from './fork-json-lines.ts'
import { machineFlags, machineHelp, machineOptions } from './machine-options.ts'
import { parseOptions } from './parse-options.ts'

const help = `attune serve [options]

Serves the studio to this machine's browser, on 127.0.0.1 only, until Ctrl-C. Prints the address once; it opens the studio one
time and is worth nothing afterwards.

  --library FOLDER   where pictures, jobs and documents are kept
  --port N           a random free port when left out
${machineHelp}
                     Both are kept as if they had been chosen under Settings
  --json             one JSON object a line on standard output
`

/** The page that \`npm start\` builds. */
const rendererFolder = (): string => fileURLToPath(new URL('../../dist/studio', import.meta.url))

/** `attune serve`. */
export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'serve the studio to a browser on this machine',
  help,
  run: async (args, context) => {
    const { output, signal } = context
    const { values } = parseOptions('serve', args, {
      library: { type: 'string' },
      port: { type: 'string' },
      ...machineFlags,
      json: { type: 'boolean' },
    })
    const renderer = rendererFolder()
    await stat(renderer).catch((cause: unknown) => {
      throw new EngineError(
        'not-found',
        { where: 'attune serve', found: 'no built studio', expected: renderer, remedy: 'Run npm start once.' },
        { cause },
      )
    })
    const { library, port, device } = values
    const machine = machineOptions(values)
    await requireDevice(machine.device, context)
    const entryArgs = [
      '--renderer',
      renderer,
      ...(library === undefined ? [] : ['--library', library]),
      ...(port === undefined ? [] : ['--port', port]),
      ...(device === undefined ? [] : ['--device', machine.device]),
      ...(machine.memoryBytes === undefined ? [] : ['--memory-bytes', String(machine.memoryBytes)]),
    ]
    const code = await forkJsonLines('../service/serve-process.ts', entryArgs, {
      signal,
      onLine: (line) => {
        if (line['kind'] === 'listening') output.result(`The studio is at ${String(line['url'])}`, line)
        else throwFailure('serve', line)
      },
    })
    if (code !== 0 && !signal.aborted)
      throw new EngineError('engine-stopped', {
        where: 'attune serve',
        found: `the service ended with ${code ?? 'a signal'}`,
      })
  },
}

const throwFailure = (where: string, line: Readonly<Record<string, unknown>>): void => {
  throw new EngineError('engine-stopped', {
    where: `attune ${where}`,
    found: messageOf(line),
  })
}
