import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runInThisContext } from 'node:vm'
import { vi } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { ContractClient } from '../../engine/contract/contract-client.ts'
import { portPipe } from '../../engine/contract/pipe.ts'
import type { StandInPort } from './channel-stand-in.ts'
import { fromPage, makeStandInParts, type StandInShell } from './stand-in-parts.ts'
import { StandInUtilityProcess } from './utility-process-stand-in.ts'

export interface BundledStudio extends Omit<StandInShell, 'processes'> {
  readonly processes: readonly StandInUtilityProcess[]
  /** The page's connection; a new one each time. */
  readonly connect: () => Promise<ContractClient>
  /** Asks the shell's own protocol. */
  readonly load: (url: string) => Promise<Response>
  /** Ends the program as its user would. */
  readonly quit: () => Promise<void>
}

/** Runs a CommonJS bundle with something in Electron's place. */
export function runBundle(file: string, electron: object): void {
  const requireReal = createRequire(file)
  const requireStandIn = (name: string): unknown => (name === 'electron' ? electron : requireReal(name))
  const source = `(function (require, module, exports, __dirname, __filename) {${readFileSync(file, 'utf8')}\n})`
  const run = runInThisContext(source, { filename: file }) as (...values: unknown[]) => void // a function, as written
  const module = { exports: {} }
  run(requireStandIn, module, module.exports, dirname(file), file)
}

/** The desktop program as it is bundled, in processes of its own; only Electron and the page are stand-ins. */
export async function openBundledStudio(dist: string, library: string): Promise<BundledStudio> {
  const processes: StandInUtilityProcess[] = []
  const made = makeStandInParts({
    library,
    fork: (file, args) => {
      const child = new StandInUtilityProcess(file, args)
      processes.push(child)
      return child
    },
  })
  const { standIn, ipcMain, app } = made
  runBundle(join(dist, 'shell', 'main.cjs'), made.parts)
  await vi.waitFor(
    () => {
      if (standIn.of('BrowserWindow', 'loadURL').length === 0) throw new Error('the window was not opened')
    },
    { timeout: 60_000 },
  )
  return {
    ...made,
    processes,
    connect: () =>
      new Promise((resolve, reject) => {
        const take = (_channel: unknown, _message: unknown, ports: unknown): void => {
          const [port] = ports as readonly StandInPort[] // The shell hands over one end of a channel.
          if (port !== undefined) ContractClient.connect(portPipe(port)).then(resolve, reject)
        }
        standIn.emit(ipcMain, channels.requestPort, fromPage(undefined, take))
      }),
    load: (url) => {
      // As the shell called it.
      const [, serve] = standIn.of('Protocol', 'handle')[0] as [string, (request: Request) => Promise<Response>]
      return serve(new Request(url))
    },
    quit: async () => {
      standIn.emit(app, 'will-quit', { preventDefault: () => undefined })
      await vi.waitFor(
        () => {
          if (standIn.of('App', 'quit').length === 0) throw new Error('the program goes on')
        },
        { timeout: 60_000 },
      )
    },
  }
}
