import { EngineError } from '../contract/failures.ts'
import type { CliCommand } from './command.ts'
import { forkJsonLines, messageOf } from './fork-json-lines.ts'

const verbs = ['check', 'repair', 'export', 'backup', 'restore'] as const

const help = `attune library <verb> [options]

  check [--deep]     compares rows and files; --deep reads every file. Ends with 3 when something is wrong
  repair             adopts pictures without a row, removes stray temporary files; deletes nothing
  export FOLDER      every picture and its settings as files
  backup FOLDER      the whole library, verified
  restore FOLDER     a backup, into an empty place

  --library FOLDER   which library; the studio's own when left out
  --json             one JSON object a line on standard output
`

/** `attune library`. */
export const libraryCommand: CliCommand = {
  name: 'library',
  summary: 'check, repair, export, back up or restore the library',
  help,
  run: async (args, { output, signal }) => {
    const [verb = ''] = args
    if (!verbs.some((known) => known === verb)) {
      throw new EngineError('unknown-name', { where: 'attune library', found: `"${verb}"`, expected: verbs.join(', ') })
    }
    let said: Readonly<Record<string, unknown>> = {}
    const code = await forkJsonLines(
      '../service/library-process.ts',
      args.filter((arg) => arg !== '--json'),
      {
        signal,
        onLine: (line) => {
          said = line
        },
      },
    )
    if (code === 0) {
      output.result(JSON.stringify(said, undefined, 2), said)
      return
    }
    throw new EngineError(code === foundSomething ? 'file-malformed' : 'unexpected', {
      where: `attune library ${verb}`,
      found: messageOf(said),
      ...(code === foundSomething ? { remedy: 'Run attune library repair.' } : {}),
    })
  },
}

/** What a check that found something ends with. */
const foundSomething = 3
