import { parseArgs } from 'node:util'
import { checkOwnNativeCode } from '../process/check-own-native-code.ts'
import { findShellPort } from '../process/utility-port.ts'

// Entry of the service process in the desktop program: native code is checked before any of it is loaded. Why it could not
// start are its last words; the shell shows them.
const { values } = parseArgs({ options: { library: { type: 'string' } } })

async function start(): Promise<void> {
  const shell = findShellPort()
  if (shell === undefined) throw new Error('service: found no shell, expected to be forked by the desktop program.')
  checkOwnNativeCode('service', import.meta.url)
  const { serveDesktop } = await import('./desktop-service.ts')
  await serveDesktop(shell, values.library)
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
  // The pipe to the shell would keep it alive.
  process.exit()
})
