import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { memoryLog } from '../../../engine/worker/memory-log.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'

const scratch = useScratchFolders()
const memory = {
  name: 'unet',
  weights: 'copied',
  activations: 'kept',
  predictedBytes: 3681,
  measuredBytes: 3702,
  availableBytes: 9000,
} as const

it('writes a line for each session, and keeps one full file beside the new one', () => {
  const file = join(scratch(), 'cache', 'memory.log')
  const log = memoryLog(file, () => new Date(0))
  log('sd15', memory)
  expect(readFileSync(file, 'utf8')).toBe(
    '{"time":"1970-01-01T00:00:00.000Z","model":"sd15","name":"unet","weights":"copied","activations":"kept","predictedBytes":3681,"measuredBytes":3702,"availableBytes":9000}\n',
  )
  for (let i = 0; i < 4000; i += 1) log('sd15', memory)
  expect(statSync(file).size).toBeLessThan(2 ** 19)
  expect(statSync(`${file}.old`).size).toBeGreaterThan(2 ** 19)
})

it('fails nothing where nothing may be written', () => {
  expect(() => {
    memoryLog('/dev/null/memory.log')('sd15', memory)
  }).not.toThrow()
})
