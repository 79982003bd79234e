import { EngineError } from '../../../engine/contract/failures.ts'
import type { FromChild } from '../../../engine/process/messages.ts'
import { openParentPort } from '../../../engine/process/parent-port.ts'
import { serveCalls } from '../../../engine/process/serve-calls.ts'
import { echoCalls } from './echo-calls.ts'

const port = openParentPort()

serveCalls({
  name: 'echo',
  port,
  calls: echoCalls,
  handlers: {
    double: (number) => number * 2,
    reverse: (bytes) => bytes.toReversed(),
    count: ({ to }, { progress }) => {
      for (let i = 1; i <= to; i++) progress(i)
      return to
    },
    fail: (kind) => {
      if (kind === 'unclonable') return () => 'a function'
      if (kind === 'type-error') throw new TypeError('no such thing')
      const cause = new Error('outer', { cause: new Error('inner') })
      throw new EngineError('device-failed', { where: 'echo', found: 'nothing', limitMb: 12 }, { cause })
    },
    die: (how) => {
      process.stderr.write('these are my last words\n')
      if (how === 'exit') process.exit(7)
      if (how === 'abort') process.abort()
      setImmediate(() => {
        throw new Error('thrown outside of any call')
      })
      return new Promise<null>(() => undefined)
    },
    wait: (_, { signal, progress }) =>
      new Promise<null>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error) // serveCalls aborts with an EngineError
        })
        progress('waiting')
      }),
    block: () => {
      for (;;);
    },
    misfit: () => 5 as unknown as string, // breaks the protocol on purpose
    babble: () => {
      port.postMessage({ id: 999, result: 'nobody asked' } satisfies FromChild)
      return null
    },
  },
})
