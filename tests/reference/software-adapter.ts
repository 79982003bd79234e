import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findChromium } from '../studio/find-chromium.ts'

const icdName = 'vk_swiftshader_icd.json'

/**
 * The environment in which a process finds a WebGPU adapter without a GPU: SwiftShader, which computes Vulkan on the CPU
 * and comes with Chromium. It is for processes yet to be started: the loader reads its library path at their start.
 *
 * @returns undefined when this machine has no SwiftShader
 */
export const softwareAdapter = (): Readonly<Record<string, string>> | undefined => {
  const folder = foldersOfChromium().find((path) => existsSync(join(path, icdName)))
  if (folder === undefined) return undefined
  const { LD_LIBRARY_PATH: libraries } = process.env
  return {
    VK_ICD_FILENAMES: join(folder, icdName),
    VK_DRIVER_FILES: join(folder, icdName),
    // Chromium brings the Vulkan loader as well.
    LD_LIBRARY_PATH: libraries === undefined || libraries === '' ? folder : `${folder}:${libraries}`,
  }
}

/** Debian's program is a script elsewhere; what npm and Playwright install has everything in one folder. */
const foldersOfChromium = (): readonly string[] => {
  const program = findChromium()
  const own = program === undefined ? [] : [dirname(realpathSync(program))]
  return [...own, '/usr/lib/chromium', '/usr/lib/chromium-browser', ...folderOfElectron()]
}

const folderOfElectron = (): readonly string[] => {
  try {
    return [join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist')]
  } catch {
    return []
  }
}
