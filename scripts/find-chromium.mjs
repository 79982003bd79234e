import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** @param {string} path @returns {boolean} */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * A browser for the tests that need one: `CHROMIUM_PATH`, else the first Chromium on the PATH.
 *
 * @returns {string | undefined} path of the program; undefined when there is none
 */
export function findChromium() {
  const given = process.env['CHROMIUM_PATH']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [...(given === undefined ? [] : [given]), ...candidates].find(isProgram)
}
