/** npm start: builds what is older than its sources and opens the studio, in Electron or, without it, in the browser. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { endOf } from '../scripts/run-program.mjs'
import { forkJsonLines, messageOf } from '../engine/cli/fork-json-lines.ts'
import { buildStudio, studioFolder } from './build-studio.ts'
import { findElectron, thisPlace } from './desktop/find-electron.ts'

const root = join(import.meta.dirname, '..')

/** The program that opens an address for the user of this system. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
}

function openInBrowser(address: string): void {
  const [program, ...parameters] = openers[process.platform] ?? []
  if (program === undefined || process.env['ATTUNE_NO_BROWSER'] !== undefined) return
  // Without a browser the printed address is enough.
  spawn(program, [...parameters, address], { stdio: 'ignore', detached: true }).on('error', () => undefined)
}

async function startInElectron(program: string, parameters: readonly string[]): Promise<number> {
  const { packageWhenOlder } = await import('./desktop/package-desktop.ts')
  await packageWhenOlder()
  const { values } = parseArgs({ args: [...parameters], options: { library: { type: 'string' } }, strict: false })
  const library = typeof values.library === 'string' ? [`--library=${values.library}`] : []
  return endOf(spawn(program, [root, ...library], { stdio: 'inherit' }))
}

/** Serves as `attune serve` does, without loading the rest of the command line first. */
async function startInBrowser(reason: string, parameters: readonly string[]): Promise<number> {
  console.log(`The studio opens in your browser: ${reason}.`)
  const { values } = parseArgs({
    args: [...parameters],
    options: { library: { type: 'string' }, port: { type: 'string' } },
  })
  const options = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      stop.abort()
    })
  const code = await forkJsonLines('../service/serve-process.ts', ['--renderer', studioFolder, ...options], {
    signal: stop.signal,
    onLine: (line) => {
      if (line['kind'] === 'listening') showAddress(String(line['url']))
      else console.error(messageOf(line))
    },
  })
  return stop.signal.aborted ? 0 : (code ?? 1)
}

function showAddress(address: string): void {
  console.log(`The studio is at ${address}`)
  openInBrowser(address)
}

const parameters = process.argv.slice(2)
const [found] = await Promise.all([findElectron(thisPlace(root)), buildStudio()])
process.exitCode =
  'program' in found ? await startInElectron(found.program, parameters) : await startInBrowser(found.reason, parameters)
