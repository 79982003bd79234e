import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { calls } from '../../../engine/contract/calls.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { openService } from './temporary-service.ts'

const messages = 10_000

/** Values that look like input of calls but are not, mixed with hostile text and huge or strange numbers. */
const value: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, undefined, true, 0, -1, 1, 1e308, Number.NaN, Infinity, 2 ** 53, '', '\0', '../..', '__proto__'), // prettier-ignore
    fc.string({ maxLength: 50, unit: 'binary' }),
    fc.integer(),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('node'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('id', 'ids', 'query', 'request', 'name', 'value', 'path', 'edits', 'kind', 'prompt', '__proto__', 'constructor'), tie('node'), { maxKeys: 5 }), // prettier-ignore
  ),
})).node

/** Calls that would leave this test's own folder, or start a process each. */
const outside = new Set([
  'images.importFolder',
  'models.addFolder',
  'catalogue.download',
  'devices.list',
  'devices.check',
])
const names = Object.keys(calls).filter((name) => !outside.has(name))

const message = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('call'), id: fc.nat(), name: fc.constantFrom(...names), input: value }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('hello', 'call', 'event', 'result'), id: value, name: value, version: value }) }, // prettier-ignore
  { weight: 1, arbitrary: value },
)

it(`survives ${messages} messages that no window would send`, { timeout: 300_000 }, async () => {
  const defects: unknown[] = []
  const { service, window } = await openService(await makeTemporaryFolder(onTestFinished), {
    onDefect: (error, where) => defects.push([where, error]),
  })
  onTestFinished(() => service.close())
  await window.call('queue.pause', {})
  const answers: unknown[] = []
  let receive: (message: unknown) => void = () => undefined
  service.attach({
    send: (answer) => answers.push(answer),
    onMessage: (listener) => (receive = listener),
    onClose: () => undefined,
    close: () => undefined,
  })
  receive({ kind: 'hello', version: 1 })
  const sample = fc.sample(message, { numRuns: messages, seed: 7 })
  let slowestMs = 0
  for (const [index, one] of sample.entries()) {
    const begun = performance.now()
    receive(one)
    if (index % 50 === 0) await window.call('queue.state', {})
    slowestMs = Math.max(slowestMs, performance.now() - begun)
  }
  await window.call('queue.state', {})
  console.log(JSON.stringify({ messages, answers: answers.length, slowestMs: Math.round(slowestMs) }))
  expect(defects).toEqual([])
  expect(answers.length).toBeGreaterThan(messages * 0.9)
  expect(slowestMs).toBeLessThan(1000)
  expect(await window.call('images.count', { query: {} })).toEqual({ count: 0 })
})
