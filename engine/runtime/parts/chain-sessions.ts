import { EngineError } from '../../contract/failures.ts'
import type { Session } from '../session.ts'
import type { Elements } from '../../tensor/nd-array.ts'
import { throwIfStopped } from '../throw-if-stopped.ts'
import { handedOn, handedOver } from './cut-graph.ts'

/**
 * Sessions of the parts of one graph as one session. Cancel is checked before each part.
 *
 * @param parts  of `cutGraph`, in order, at least one
 */
export const chainSessions = (name: string, parts: readonly Session[]): Session => ({
  name,
  run: async (feeds, options = {}) => {
    let [current, outputs] = [feeds, {} as Awaited<ReturnType<Session['run']>>] // filled by the first part
    for (const part of parts) {
      throwIfStopped(options.signal)
      outputs = await part.run(current)
      if (current !== feeds) for (const { data } of Object.values(current)) giveBack(data)
      const { [handedOn]: result } = outputs
      if (result !== undefined) current = { [handedOver]: result }
    }
    if (parts.length > 0) return outputs
    throw new EngineError('graph-invalid', { where: name, found: 'no parts', expected: 'at least one' })
  },
  release: async () => {
    for (const part of parts) await part.release()
  },
})

/** Frees an array's memory now: the collector does not hurry for what lies outside of JavaScript's heap. */
const giveBack = ({ buffer }: Elements): void => {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
