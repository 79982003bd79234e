import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import type * as playwright from 'playwright-core'

/** Where the Chromium of an npm package lies, once `build/browser` was installed. */
export const npmChromium = join(import.meta.dirname, '../../build/browser/node_modules/.chromium/chromium')

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where installers put it that change no PATH. */
const usualPlaces: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * A Chromium to drive: the one that CHROMIUM_PATH names, one on the PATH or in its usual place, or one that npm or
 * Playwright installed.
 *
 * @returns undefined when this machine has none
 */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = environment['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  return onPath ?? usualPlaces[process.platform]?.find(isProgram) ?? findShipped()
}

function findShipped(): string | undefined {
  if (isProgram(npmChromium)) return npmChromium
  try {
    const { chromium } = createRequire(import.meta.url)('playwright-core') as typeof playwright // its own types
    const path = chromium.executablePath()
    return isProgram(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** No sandbox: test machines run as root; no network of its own: nothing but the studio is to be reached. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
]
