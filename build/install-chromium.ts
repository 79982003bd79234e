import { spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { runProgram } from '../scripts/run-program.mjs'
import { npmChromium } from '../tests/studio/find-chromium.ts'

const packageFolder = join(import.meta.dirname, 'browser')
const packed = join(packageFolder, 'node_modules', '@sparticuz', 'chromium', 'bin')

/** Whether the npm package's program is for this machine. */
export const suitsNpmChromium = ({ platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'>): boolean =>
  platform === 'linux' && arch === 'x64'

/**
 * Brings the headless Chromium of the npm package `@sparticuz/chromium` to where `findChromium` looks for it: 70 MB over
 * the network, 220 MB on the disk, once. It brings the libraries that Debian would bring (NSS, NSPR, Expat) and SwiftShader.
 *
 * @throws when npm or tar fails
 */
export async function installChromium(): Promise<void> {
  if (existsSync(npmChromium)) return
  console.error('Installing a Chromium for the stories (npm ci in build/browser, 70 MB, once) ...')
  const code = await runProgram('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: packageFolder,
    stdio: ['ignore', 2, 2],
  })
  if (code !== 0) throw new Error(`npm ci in build/browser ended with ${code}, expected 0.`)
  // Under another name until it is whole: what lies there is taken to be.
  const folder = dirname(npmChromium)
  const fresh = `${folder}.${process.pid}`
  await mkdir(fresh, { recursive: true })
  await inflate('chromium', join(fresh, 'chrome-headless-shell'))
  for (const name of ['al2023.tar', 'fonts.tar', 'swiftshader.tar']) await unpack(name, fresh)
  await writeFile(join(fresh, 'fonts.conf'), fontsFile(join(folder, 'fonts')))
  await writeFile(join(fresh, 'chromium'), starter, { mode: 0o755 })
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
}

const inflate = (name: string, path: string): Promise<void> =>
  pipeline(
    createReadStream(join(packed, `${name}.br`)),
    createBrotliDecompress(),
    createWriteStream(path, { mode: 0o755 }),
  )

async function unpack(name: string, folder: string): Promise<void> {
  const archive = join(folder, name)
  await inflate(name, archive)
  const { status } = spawnSync('tar', ['-xf', archive, '-C', folder, '--no-same-owner'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`tar ended with ${status} on ${archive}, expected 0.`)
  await rm(archive)
}

/** The system's libraries and fonts come first; the package's are for machines that have none. */
const starter = `#!/bin/sh
folder=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder/lib"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$folder/fonts.conf"
exec "$folder/chrome-headless-shell" "$@"
`

const fontsFile = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>${folder}</dir></fontconfig>
`
