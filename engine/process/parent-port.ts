import { EngineError } from '../contract/failures.ts'
import type { FromChild, ParentPort, ToChild } from './messages.ts'
import { findShellPort, type ShellPort, type UtilityPort } from './utility-port.ts'

/**
 * The pipe to the parent that forked this process: with node's child_process, or through the desktop shell. The process
 * ends when the parent does, and leaves Ctrl-C to the parent: a terminal sends SIGINT to parent and child alike.
 *
 * @throws EngineError 'refused' when the process was not forked
 */
export const openParentPort = (): ParentPort => {
  const shell = findShellPort()
  process.on('SIGINT', () => undefined)
  return shell === undefined ? openNodePort() : openShellPort(shell)
}

const openNodePort = (): ParentPort => {
  const send = process.send?.bind(process)
  if (send === undefined) {
    throw new EngineError('refused', {
      where: 'parent port',
      found: 'no pipe to a parent process',
      expected: 'to be started by Attune',
      remedy: 'Run the attune command instead of this file.',
    })
  }
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

/** The shell hands over a port to the service as its first message; until then what is said waits. */
const openShellPort = (shell: ShellPort): ParentPort => {
  const listeners: ((message: ToChild) => void)[] = []
  const waiting: FromChild[] = []
  let parent: UtilityPort | undefined
  shell.on('message', ({ ports: [port] }) => {
    if (parent !== undefined || port === undefined) return
    parent = port
    port.on('message', ({ data }) => {
      for (const listener of listeners) listener(data as ToChild) // Only the service holds the other end.
    })
    port.on('close', () => process.exit(0))
    port.start()
    for (const message of waiting.splice(0)) port.postMessage(message)
  })
  return {
    postMessage: (message) => {
      if (parent === undefined) waiting.push(message)
      else parent.postMessage(message)
    },
    onMessage: (listener) => void listeners.push(listener),
  }
}
