import { expect, it } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { makeBridge } from '../../electron/make-bridge.ts'
import { ElectronStandIn } from './electron-stand-in.ts'

it('gives the page calls with plain values, and hands over ports', () => {
  const standIn = new ElectronStandIn()
  const ipc = standIn.make<Parameters<typeof makeBridge>[0]>('IpcRenderer', { invoke: () => Promise.resolve(null) })
  const handed: unknown[] = []
  const bridge = makeBridge(ipc, { postMessage: (...values: unknown[]) => handed.push(values) }, 'freebsd')
  expect(bridge.platform).toBe('linux')
  bridge.requestPort()
  bridge.setDocument('Lake', true)
  bridge.setTheme('light')
  bridge.setMenu([], { quit: 'Beenden' })
  bridge.openMenu(10, 40)
  bridge.startDrag([1, 2])
  void bridge.chooseFolder()
  void bridge.revealPicture(3)
  const heard: unknown[] = []
  bridge.onCommand((id) => heard.push(id))
  bridge.onFile((file) => heard.push(file))
  const file = { name: 'a.png', bytes: new Uint8Array([1]) }
  standIn.emit(ipc, channels.command, {}, 'edit.undo')
  standIn.emit(ipc, channels.command, {}, { hostile: true })
  standIn.emit(ipc, channels.file, {}, file)
  standIn.emit(ipc, channels.file, {}, { name: 'a.png', bytes: '../secret' })
  standIn.emit(ipc, channels.port, { ports: ['port'] })
  expect(heard).toEqual(['edit.undo', file])
  expect(handed).toEqual([[channels.port, 'studio://app', ['port']]])
  expect(standIn.of('IpcRenderer', 'send')).toEqual([
    [channels.requestPort],
    [channels.setDocument, 'Lake', true],
    [channels.setTheme, 'light'],
    [channels.setMenu, [], { quit: 'Beenden' }],
    [channels.openMenu, 10, 40],
    [channels.startDrag, [1, 2]],
  ])
  expect(standIn.of('IpcRenderer', 'invoke')).toEqual([[channels.chooseFolder], [channels.revealPicture, 3]])
})
