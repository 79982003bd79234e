import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { ProcessLink } from '../../../engine/process/process-link.ts'
import type { LinkOptions, LinkState } from '../../../engine/process/process-link.ts'
import { echoCalls } from './echo-calls.ts'

type Echo = typeof echoCalls
const links: ProcessLink<Echo>[] = []

const link = (options: Partial<LinkOptions<Echo>> = {}): ProcessLink<Echo> => {
  const fork = () => forkProcess({ file: new URL('echo-process.ts', import.meta.url) })
  const made = new ProcessLink({ name: 'echo', calls: echoCalls, fork, firstBackoffMs: 1, ...options })
  links.push(made)
  return made
}

const failureOf = async (promise: Promise<unknown>): Promise<EngineError> => {
  const error: unknown = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EngineError)
  return error as EngineError // checked in the line above
}

afterEach(async () => {
  await Promise.all(links.splice(0).map((open) => open.close()))
})

describe('a call', () => {
  it('answers with the parsed result', async () => {
    expect(await link().call('double', 21)).toBe(42)
  })

  it('carries bytes as bytes', async () => {
    expect(await link().call('reverse', Uint8Array.of(1, 2, 255))).toEqual(Uint8Array.of(255, 2, 1))
  })

  it('reports every step of progress in order before the result', async () => {
    const steps: number[] = []
    expect(await link().call('count', { to: 5 }, { onProgress: (step) => steps.push(step) })).toBe(5)
    expect(steps).toEqual([1, 2, 3, 4, 5])
  })

  it('brings an EngineError over with code, facts and causes', async () => {
    const failure = await failureOf(link().call('fail', 'engine-error'))
    expect(failure.code).toBe('device-failed')
    expect(failure.facts).toEqual({ where: 'echo', found: 'nothing', limitMb: 12 })
    expect(failure.message).toBe('echo: nothing.')
    expect((failure.cause as Error).message).toBe('outer')
    expect(((failure.cause as Error).cause as Error).message).toBe('inner')
  })

  it.each(['type-error', 'unclonable'] as const)('says "unexpected" for a defect in the handler: %s', async (kind) => {
    const echo = link()
    expect((await failureOf(echo.call('fail', kind))).code).toBe('unexpected')
    expect(await echo.call('double', 1)).toBe(2)
  })

  it('is refused by the child when its arguments do not fit', async () => {
    const failure = await failureOf(link().call('double', 'two' as unknown as number)) // the misfit under test
    expect([failure.code, failure.facts.where]).toEqual(['contract-violated', 'echo process: double'])
  })

  it('is refused here when its arguments cannot be cloned', async () => {
    const failure = await failureOf(link().call('double', (() => 1) as unknown as number)) // the misfit under test
    expect(failure.code).toBe('contract-violated')
  })

  it('is refused when the process does not know it', async () => {
    const failure = await failureOf(link().call('constructor' as 'double', 1)) // the misfit under test
    expect(failure.code).toBe('contract-violated')
  })
})

describe('cancelling', () => {
  it('stops a running call and says so', async () => {
    const controller = new AbortController()
    const echo = link()
    const call = echo.call('wait', null, { signal: controller.signal, onProgress: () => controller.abort() })
    expect((await failureOf(call)).code).toBe('cancelled')
    expect(await echo.call('double', 4)).toBe(8)
  })

  it('takes a waiting call out of the queue and leaves the others', async () => {
    const controller = new AbortController()
    const echo = link({ maxOpen: 1 })
    const first = echo.call('double', 1)
    const second = echo.call('double', 2, { signal: controller.signal })
    const third = echo.call('double', 3)
    controller.abort()
    expect((await failureOf(second)).code).toBe('cancelled')
    expect(await Promise.all([first, third])).toEqual([2, 6])
  })

  it('never starts a call whose signal was aborted before', async () => {
    expect((await failureOf(link().call('double', 1, { signal: AbortSignal.abort() }))).code).toBe('cancelled')
  })
})

describe('a process that dies', () => {
  it.each(['exit', 'abort', 'throw'] as const)(
    'fails its open call with the cause and starts again: %s',
    async (how) => {
      const echo = link()
      const failure = await failureOf(echo.call('die', how))
      expect(failure.code).toBe('engine-stopped')
      expect(failure.facts['reason']).toBe('died')
      expect(failure.facts['lastWords']).toContain('these are my last words')
      expect(await echo.call('double', 5)).toBe(10)
    },
  )

  it('keeps the calls that still wait for the next life', async () => {
    const echo = link({ maxOpen: 1 })
    const fatal = echo.call('die', 'exit')
    const waiting = [1, 2, 3].map((number) => echo.call('double', number))
    expect((await failureOf(fatal)).facts['reason']).toBe('died')
    expect(await Promise.all(waiting)).toEqual([2, 4, 6])
  })
})

describe('a process that is killed', () => {
  it('is gone when a call runs out of time, even inside an endless loop', async () => {
    const echo = link()
    await echo.call('double', 1)
    const failure = await failureOf(echo.call('block', null, { timeoutMs: 50 }))
    expect([failure.code, failure.facts['reason']]).toEqual(['engine-stopped', 'timeout'])
    expect(await echo.call('double', 5)).toBe(10)
  })

  it('can be in the middle of a blocking call', async () => {
    const states: string[] = []
    const echo = link({ onState: ({ kind }) => states.push(kind) })
    await echo.call('double', 1)
    const blocked = failureOf(echo.call('block', null))
    echo.kill('the user said so')
    const failure = await blocked
    expect([failure.code, failure.facts['reason']]).toEqual(['engine-stopped', 'killed'])
    expect(failure.message).toContain('the user said so')
    expect(await echo.call('double', 5)).toBe(10)
    expect(states).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready'])
  })

  it.each(['misfit', 'babble'] as const)('had broken the protocol: %s', async (call) => {
    const echo = link()
    expect((await failureOf(echo.call(call, null))).code).toBe('contract-violated')
    expect(await echo.call('double', 5)).toBe(10)
  })
})

describe('a process that does not start', () => {
  it('is given up after too many deaths at start, with doubled waits, and tried again when asked', async () => {
    const states: LinkState[] = []
    let broken = true
    const file = () => new URL(broken ? 'no-such-file.ts' : 'echo-process.ts', import.meta.url)
    const echo = link({
      fork: () => forkProcess({ file: file() }),
      maxDeaths: 3,
      onState: (state) => states.push(state),
    })
    const failure = await failureOf(echo.call('double', 1))
    expect(failure.facts['lastWords']).toContain('no-such-file.ts')
    expect(states.map((state) => (state.kind === 'waiting' ? state.restartMs : state.kind))).toEqual([
      ...['starting', 1],
      ...['starting', 2],
      ...['starting', 'failed'],
    ])
    expect((await failureOf(echo.call('double', 1))).facts).toEqual(failure.facts)
    broken = false
    echo.start()
    expect(await echo.call('double', 1)).toBe(2)
  })

  it('fails with the cause when it cannot be forked', async () => {
    const fork = () => {
      throw new Error('no more processes')
    }
    const failure = await failureOf(link({ fork, maxDeaths: 2 }).call('double', 1))
    expect(failure.facts['reason']).toBe('not-started')
    expect((failure.cause as Error).message).toBe('no more processes')
  })
})

describe('the queue', () => {
  it('refuses more than may wait', async () => {
    const echo = link({ maxOpen: 1, maxWaiting: 2 })
    const accepted = [1, 2].map((number) => echo.call('double', number))
    expect((await failureOf(echo.call('double', 3))).code).toBe('refused')
    expect(await Promise.all(accepted)).toEqual([2, 4])
  })

  it('is emptied with a cause when the link closes', async () => {
    const echo = link({ maxOpen: 1 })
    await echo.call('double', 1)
    const calls = [failureOf(echo.call('wait', null)), failureOf(echo.call('double', 2))]
    await Promise.all([echo.close(), echo.close()])
    expect((await Promise.all(calls)).map(({ facts }) => facts['reason'])).toEqual(['closed', 'closed'])
    expect((await failureOf(echo.call('double', 3))).facts['reason']).toBe('closed')
    expect(echo.pid).toBeUndefined()
  })
})

it('ends with its parent', async () => {
  const parent = forkProcess({ file: new URL('parent-process.ts', import.meta.url) })
  const { pid } = await new Promise<{ pid: number }>((resolve) => {
    parent.onMessage((message) => {
      resolve(message as { pid: number }) // what parent-process.ts sends
    })
  })
  await untilGone(pid)
})

/** A zombie counts as gone: who reaps an orphan, and when, is not ours to say. */
const untilGone = async (pid: number): Promise<void> => {
  const isAlive = (): boolean => {
    try {
      process.kill(pid, 0)
      return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
    } catch {
      return false
    }
  }
  while (isAlive()) await setTimeout(10)
}
