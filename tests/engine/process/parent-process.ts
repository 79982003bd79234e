/** Forks the echo process, tells its own parent the child's pid, and dies without a word. */
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { ProcessLink } from '../../../engine/process/process-link.ts'
import { echoCalls } from './echo-calls.ts'

const echo = new ProcessLink({
  name: 'echo',
  calls: echoCalls,
  fork: () => forkProcess({ file: new URL('echo-process.ts', import.meta.url) }),
})
await echo.call('double', 1)
process.send?.({ pid: echo.pid }, () => process.kill(process.pid, 'SIGKILL'))
