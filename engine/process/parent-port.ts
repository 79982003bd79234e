import { EngineError } from '../contract/failures.ts'
import type { ParentPort, ToChild } from './messages.ts'

/**
 * The pipe to the parent that forked this process with node's child_process. The process ends when the parent does, and
 * leaves Ctrl-C to the parent: a terminal sends SIGINT to parent and child alike.
 *
 * @throws EngineError 'refused' when the process was not forked
 */
export const openParentPort = (): ParentPort => {
  const send = process.send?.bind(process)
  if (send === undefined) {
    throw new EngineError('refused', {
      where: 'parent port',
      found: 'no pipe to a parent process',
      expected: 'to be started by Attune',
      remedy: 'Run the attune command instead of this file.',
    })
  }
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit(0))
  return {
    postMessage: (message) => void send(message),
    onMessage: (listener) => {
      process.on('message', (message) => {
        listener(message as ToChild) // Only the parent can write to this pipe; its calls' arguments are parsed later.
      })
    },
  }
}
