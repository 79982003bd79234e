/** npm start: builds what is older than its sources and opens the studio, in Electron or, without it, in the browser. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { forkJsonLines, messageOf } from '../engine/cli/fork-json-lines.ts'
import { buildStudio, studioFolder } from './build-studio.ts'
import { findElectron, thisPlace } from './desktop/find-electron.ts'
import { type ElectronEnd, runElectron } from './desktop/run-electron.ts'

const root = join(import.meta.dirname, '..')

/** The program that opens an address for the user of this system. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
}

interface StartOptions {
  readonly library?: string | undefined
  readonly port?: string | undefined
}

/** @returns undefined when they are none; then it has said why */
function readOptions(): StartOptions | undefined {
  try {
    return parseArgs({ options: { library: { type: 'string' }, port: { type: 'string' } } }).values
  } catch (error) {
    console.error(`npm start: ${error instanceof Error ? error.message : String(error)}`)
    console.error('Expected: npm start -- [--library FOLDER] [--port N]')
    return undefined
  }
}

function openInBrowser(address: string): void {
  const [program, ...parameters] = openers[process.platform] ?? []
  if (program === undefined || process.env['ATTUNE_NO_BROWSER'] !== undefined) return
  // Without a browser the printed address is enough.
  spawn(program, [...parameters, address], { stdio: 'ignore', detached: true }).on('error', () => undefined)
}

async function startInElectron(program: string, { library }: StartOptions): Promise<ElectronEnd> {
  const { packageWhenOlder } = await import('./desktop/package-desktop.ts')
  await packageWhenOlder()
  return runElectron(program, [root, ...(library === undefined ? [] : [`--library=${library}`])])
}

/** Serves as `attune serve` does, without loading the rest of the command line first. */
async function startInBrowser(reason: string, given: StartOptions): Promise<number> {
  console.log(`The studio opens in your browser: ${reason}.`)
  const options = (['library', 'port'] as const).flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [`--${name}`, value]
  })
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

const options = readOptions()
if (options === undefined) process.exit(2)
const [found] = await Promise.all([findElectron(thisPlace(root)), buildStudio()])
const ended: ElectronEnd = 'program' in found ? await startInElectron(found.program, options) : found
process.exitCode = 'code' in ended ? ended.code : await startInBrowser(ended.reason, options)
