import { expect, it } from 'vitest'
import { startSleeper } from './sleeping-process.ts'

const program = `
console.log('a library says hello')
console.log(JSON.stringify({ loaded: true }))
let runs = 0
process.stdin.on('data', () => console.log(JSON.stringify({ runs: ++runs })))
`

it('runs once each time it is woken', async () => {
  const sleeper = await startSleeper(process.execPath, ['-e', program])
  expect(sleeper.loaded).toEqual({ loaded: true })
  expect(await sleeper.runOnce()).toEqual({ runs: 1 })
  expect(await sleeper.runOnce()).toEqual({ runs: 2 })
  await sleeper.close()
})

it('says which program ended instead of loading', async () => {
  await expect(startSleeper(process.execPath, ['-e', ''])).rejects.toThrow(/-e .* ended before its answer/)
})
