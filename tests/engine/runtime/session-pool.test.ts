import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { add, input } from '../../../engine/graph/ops.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import { SessionPool } from '../../../engine/runtime/session-pool.ts'
import { batchTurns } from '../../../engine/runtime/turn-batches.ts'

const doublingGraph = () => makeGraph('doubling', { y: add(input('x', [2]), input('x2', [2])) })
const doubling = { kept: doublingGraph }
const one = { shape: [2], data: Float32Array.of(1, 1) }
const ones = { x: one, x2: one }

/** A pool of real sessions that counts what it creates. */
const countingPool = () => {
  const created: string[] = []
  const pool = new SessionPool({
    capacity: { text: 1, unet: 2, 'vae-decoder': 1, 'vae-encoder': 1 },
    create: async ({ forms, kind }) => {
      const graph = forms.kept()
      created.push(kind)
      return createSession(graph, { threads: 1 })
    },
  })
  return { pool, created }
}

describe('the session pool', () => {
  it('keeps the sessions used last, as many as the kind may have', async () => {
    const { pool, created } = countingPool()
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await pool.get('unet', key, doubling).run(() => ones)
    // a, b, c are made once; b left when c came, since a was used after it, and is made again.
    expect(created).toHaveLength(4)
    await pool.clear()
  })

  it('tries again after a session that could not be created', async () => {
    const { pool, created } = countingPool()
    const broken = {
      kept: (): never => {
        throw new RangeError('no such layer')
      },
    }
    await expect(pool.get('unet', 'a', broken).run(() => ones)).rejects.toThrow('no such layer')
    await pool.get('unet', 'a', doubling).run(() => ones)
    expect(created).toHaveLength(1)
    await pool.clear()
  })
})

describe('sessions asked for in one turn', () => {
  it('are loaded and run one after another, and none leaves while it runs', async () => {
    const events: string[] = []
    const pool = new SessionPool({
      capacity: { text: 1, unet: 1, 'vae-decoder': 1, 'vae-encoder': 1 },
      create: async ({ forms }) => {
        events.push('load')
        const session = await createSession(forms.kept(), { threads: 1 })
        return {
          ...session,
          run: async (feeds) => {
            events.push('run')
            const outputs = await session.run(feeds)
            events.push('ran')
            return outputs
          },
          release: async () => {
            events.push('release')
            await session.release()
          },
        }
      },
    })
    await Promise.all(['a', 'b'].map((key) => pool.get('unet', key, doubling).run(() => ones)))
    expect(events).toEqual(['load', 'run', 'ran', 'release', 'load', 'run', 'ran'])
    await pool.clear()
  })
})

describe('a session', () => {
  it('says which feed is missing and which shape was expected', async () => {
    const session = await createSession(doublingGraph(), { threads: 1 })
    const x = { shape: [2], data: Float32Array.of(1, 2) }
    await expect(session.run({ x })).rejects.toThrow('run of doubling: no feed for "x2", expected [2]')
    await expect(session.run({ x, x2: { shape: [1, 2], data: x.data } })).rejects.toThrow(
      '"x2" of shape [1, 2], expected [2]',
    )
    const { y } = await session.run({ x, x2: x })
    expect(y).toEqual({ shape: [2], data: Float32Array.of(2, 4) })
    await session.release()
  })
})

describe('batches of one turn', () => {
  it('join the calls made in the same turn, in order', async () => {
    const batches: number[][] = []
    const double = batchTurns<number, number>(async (calls) => {
      batches.push([...calls])
      return calls.map((call) => 2 * call)
    })
    expect(await Promise.all([double(1), double(2)])).toEqual([2, 4])
    expect(await double(3)).toBe(6)
    expect(batches).toEqual([[1, 2], [3]])
  })

  it('fail together', async () => {
    const fail = batchTurns<number, number>(() => Promise.reject(new RangeError('out of paper')))
    const results = await Promise.allSettled([fail(1), fail(2)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
