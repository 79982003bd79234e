import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

/** The graphics hardware of this machine, as a check remembers it. */
export interface Adapter {
  /** For people: `NVIDIA GeForce RTX 4090`; ids where the system knows no name; empty where it knows nothing. */
  readonly name: string
  /** Everything that a new driver changes. */
  readonly driver: string
}

/**
 * Asks the system, since ONNX Runtime does not say which adapter it took. Whatever cannot be read is left out: the check
 * is then done again once more, not skipped.
 */
export const identifyAdapter = async (platform: string = process.platform): Promise<Adapter> => {
  if (platform === 'win32') return onWindows()
  if (platform === 'darwin') return onMac()
  return onLinux()
}

const onLinux = async (): Promise<Adapter> => {
  const cards = (await entries('/sys/class/drm')).filter((name) => /^card\d+$/.test(name))
  const adapters = await Promise.all(cards.map((card) => cardOf(join('/sys/class/drm', card, 'device'))))
  const nvidia = await Promise.all(
    (await entries('/proc/driver/nvidia/gpus')).map((gpu) => text(`/proc/driver/nvidia/gpus/${gpu}/information`)),
  )
  const models = nvidia.flatMap((information) => /^Model:\s*(.+)$/m.exec(information)?.[1] ?? [])
  const names = models.length > 0 ? models : adapters
  const vulkan = [process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'] ?? '', ...(await vulkanDrivers())]
  const driver = [release(), await text('/sys/module/nvidia/version'), ...adapters, ...vulkan]
  return { name: names.join(' + '), driver: driver.filter((part) => part !== '').join('; ') }
}

const cardOf = async (folder: string): Promise<string> => {
  const [vendor, device] = await Promise.all([text(join(folder, 'vendor')), text(join(folder, 'device'))])
  const driver = await readlink(join(folder, 'driver')).then(basename, () => '')
  return [driver, vendor, device].filter((part) => part !== '').join(' ')
}

/** Vulkan's drivers with the time of their files: Mesa's are renewed with every version. */
const vulkanDrivers = async (): Promise<readonly string[]> => {
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d']
  const files = (await Promise.all(folders.map(async (folder) => (await entries(folder)).map((name) => join(folder, name))))).flat() // prettier-ignore
  return Promise.all(files.sort().map(async (file) => `${basename(file)} ${Math.round((await stat(file)).mtimeMs)}`))
}

const onWindows = async (): Promise<Adapter> => {
  const command = 'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion | ConvertTo-Json -Compress'
  const answer = await ask('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command])
  const found = [parsed(answer)].flat().filter((value) => value !== undefined)
  const part = (name: string): string =>
    found
      .map((value) => (isRecord(value) ? value[name] : undefined))
      .filter((value) => typeof value === 'string')
      .join(' + ')
  return { name: part('Name'), driver: `${release()}; ${part('DriverVersion')}` }
}

/** macOS brings its drivers along: the system's version is theirs. */
const onMac = async (): Promise<Adapter> => {
  const answer = parsed(await ask('system_profiler', ['SPDisplaysDataType', '-json']))
  const displays: unknown = isRecord(answer) ? answer['SPDisplaysDataType'] : []
  const names = (Array.isArray(displays) ? displays : []).flatMap((display: unknown) =>
    isRecord(display) && typeof display['sppci_model'] === 'string' ? [display['sppci_model']] : [],
  )
  return { name: names.join(' + '), driver: release() }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const ask = (program: string, parameters: readonly string[]): Promise<string> =>
  promisify(execFile)(program, [...parameters], { timeout: 10_000, windowsHide: true }).then(
    ({ stdout }) => stdout,
    () => '',
  )

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const entries = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
const text = (path: string): Promise<string> => readFile(path, 'utf8').then((content) => content.trim(), () => '') // prettier-ignore
