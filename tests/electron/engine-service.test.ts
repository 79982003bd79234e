import { describe, expect, it, vi } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { startShell } from '../../electron/start-shell.ts'
import { fromPage, makeStandInParts } from './stand-in-parts.ts'

async function start(library = '') {
  const made = makeStandInParts({ library })
  await startShell(made.parts, '/app/dist')
  const { standIn, processes } = made
  const service = (): object => {
    const found = processes.at(-1)
    if (found === undefined) throw new Error('no process was started')
    return found
  }
  const told = () => standIn.of('UtilityProcess', 'postMessage').map(([message]) => message)
  return { ...made, service, told }
}

describe('the engine behind the shell', () => {
  it('starts the service with the library that was asked for', async () => {
    const usual = await start()
    expect(usual.standIn.of('UtilityProcess', 'fork')).toEqual([
      ['/app/dist/engine/service.cjs', [], { serviceName: 'Attune service', stdio: 'pipe' }],
    ])
    const other = await start('/pictures')
    expect(other.standIn.of('UtilityProcess', 'fork')[0]?.[1]).toEqual(['--library', '/pictures'])
  })

  it('joins page and service with a port, and forks what the service asks for', async () => {
    const { standIn, ipcMain, processes, service, told } = await start()
    const handed: unknown[][] = []
    const page = fromPage(undefined, (...values) => handed.push(values))
    standIn.emit(ipcMain, channels.requestPort, page)
    expect(told()).toEqual([{ kind: 'window' }])
    expect(handed.map(([name]) => name)).toEqual([channels.port])
    const first = service()
    standIn.emit(first, 'message', { kind: 'fork', process: 7, name: 'worker', args: ['--a'] })
    expect(standIn.of('UtilityProcess', 'fork')[1]?.slice(0, 2)).toEqual(['/app/dist/engine/worker.cjs', ['--a']])
    expect(told().slice(1)).toEqual([{ kind: 'parent' }, { kind: 'child', process: 7 }])
    standIn.emit(processes[1] ?? {}, 'exit', 9)
    expect(told().at(-1)).toEqual({ kind: 'exit', process: 7, code: 9, lastWords: '' })
  })

  it('starts a dead service again, later each time, and says so when it never comes', async () => {
    vi.useFakeTimers()
    try {
      const { standIn, ipcMain, processes, service } = await start()
      standIn.emit(service(), 'exit', 1)
      const closed: unknown[] = []
      standIn.emit(
        ipcMain,
        channels.requestPort,
        fromPage(undefined, (_name, _message, ports) => closed.push(ports)),
      )
      expect(closed).toHaveLength(1)
      const starts: number[] = []
      for (const _ of [1, 2, 3]) {
        const before = performance.now()
        vi.advanceTimersToNextTimer()
        starts.push(performance.now() - before)
        standIn.emit(service(), 'exit', 1)
      }
      expect(starts).toEqual([250, 500, 1000])
      expect(processes).toHaveLength(4)
      expect(standIn.of('Dialog', 'showMessageBox')).toHaveLength(1)
      vi.advanceTimersToNextTimer()
      standIn.emit(service(), 'message', { kind: 'ready' })
      standIn.emit(service(), 'exit', 1)
      vi.advanceTimersByTime(250)
      expect(processes).toHaveLength(6)
    } finally {
      vi.useRealTimers()
    }
  })

  it('lets the service stop in good order before the program ends', async () => {
    const { standIn, app, service, told, processes } = await start()
    let isPrevented = false
    standIn.emit(app, 'will-quit', { preventDefault: () => (isPrevented = true) })
    expect([isPrevented, told().at(-1)]).toEqual([true, { kind: 'close' }])
    expect(standIn.of('App', 'quit')).toHaveLength(0)
    standIn.emit(service(), 'exit', 0)
    await vi.waitFor(() => {
      expect(standIn.of('App', 'quit')).toHaveLength(1)
    })
    expect(processes).toHaveLength(1)
  })
})
