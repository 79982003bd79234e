import { expect, it } from 'vitest'
import { takeTurns } from './take-turns.ts'

it('gives each contender its turn in every round, the order reversed each time', async () => {
  const turns: string[] = []
  const contender = (name: string) => ({
    name,
    once: async () => {
      turns.push(name)
      return [turns.length]
    },
  })
  const samples = await takeTurns([contender('ours'), contender('theirs')], 3)
  expect(turns).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs'])
  expect([...samples]).toEqual([
    ['ours', [1, 4, 5]],
    ['theirs', [2, 3, 6]],
  ])
})
