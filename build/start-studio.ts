/** npm start: builds the page when its sources are newer, serves the library and opens it in a window or the browser. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { endOf } from '../scripts/run-program.mjs'
import { buildStudio } from './build-studio.ts'

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

await buildStudio()
// The desktop shell (electron/) is not bundled yet; the same studio opens in the browser.
console.log('There is no desktop window in this build: the studio opens in your browser.')
const parameters = [join(root, 'engine', 'cli', 'attune.ts'), 'serve', ...process.argv.slice(2)]
const serving = spawn(process.execPath, parameters, { stdio: ['inherit', 'pipe', 'inherit'] })
serving.stdout.setEncoding('utf8')
serving.stdout.on('data', (text: string) => {
  process.stdout.write(text)
  const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text)?.[0]
  if (address !== undefined) openInBrowser(address)
})
process.exitCode = await endOf(serving)
