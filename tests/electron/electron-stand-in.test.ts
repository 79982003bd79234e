import { expect, it } from 'vitest'
import { ElectronStandIn } from './electron-stand-in.ts'

it('refuses names, events and arguments that Electron does not declare', () => {
  const standIn = new ElectronStandIn()
  // Each name is one Electron never had.
  const app = standIn.make<Record<string, (...values: unknown[]) => unknown>>('App')
  expect(() => app['makeCoffee']).toThrow('has no "makeCoffee"')
  expect(() => app['on']?.('sunrise', () => undefined)).toThrow('no event "sunrise"')
  expect(() => app['getPath']?.()).toThrow('arguments')
})
