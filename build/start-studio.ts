/** npm start: builds what is older than its sources and opens the studio, in Electron or, without it, in the browser. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { endOf } from '../scripts/run-program.mjs'
import { buildStudio } from './build-studio.ts'
import { findElectron, thisPlace } from './desktop/find-electron.ts'
import { packageWhenOlder } from './desktop/package-desktop.ts'

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
  await packageWhenOlder()
  const { values } = parseArgs({ args: [...parameters], options: { library: { type: 'string' } }, strict: false })
  const library = typeof values.library === 'string' ? [`--library=${values.library}`] : []
  return endOf(spawn(program, [root, ...library], { stdio: 'inherit' }))
}

async function startInBrowser(reason: string, parameters: readonly string[]): Promise<number> {
  console.log(`The studio opens in your browser: ${reason}.`)
  const entry = join(root, 'engine', 'cli', 'attune.ts')
  const serving = spawn(process.execPath, [entry, 'serve', ...parameters], { stdio: ['inherit', 'pipe', 'inherit'] })
  serving.stdout.setEncoding('utf8')
  serving.stdout.on('data', (text: string) => {
    process.stdout.write(text)
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text)?.[0]
    if (address !== undefined) openInBrowser(address)
  })
  return endOf(serving)
}

const parameters = process.argv.slice(2)
const [found] = await Promise.all([findElectron(thisPlace(root)), buildStudio()])
process.exitCode =
  'program' in found ? await startInElectron(found.program, parameters) : await startInBrowser(found.reason, parameters)
