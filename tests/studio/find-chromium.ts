import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import type * as playwright from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * A Chromium to drive: the one that CHROMIUM_PATH names, one on the PATH, or one that npm or Playwright installed.
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
  return onPath ?? findShipped()
}

function findShipped(): string | undefined {
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
