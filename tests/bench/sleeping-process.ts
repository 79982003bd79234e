import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that loads something, then sleeps until it is told to run it once more. */
export interface SleepingProcess {
  /** What it said of itself once it was loaded: its first line. */
  readonly loaded: unknown
  /** Wakes it, and returns what it says after one run. @throws when it ends instead */
  readonly runOnce: () => Promise<unknown>
  /** Ends it; its memory is free afterwards. */
  readonly close: () => Promise<void>
}

/**
 * Starts a program that prints a line of JSON when it is loaded and one for each line that it reads.
 *
 * @param environment  its variables; this process's own when absent
 * @throws when it ends before it is loaded
 */
export async function startSleeper(
  command: string,
  parameters: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
): Promise<SleepingProcess> {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'inherit'], env: environment })
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => {
      resolve()
    })
    child.on('close', () => {
      resolve()
    })
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextAnswer = async (): Promise<unknown> => {
    for (;;) {
      const line = await lines.next()
      if (line.done === true) throw new Error(`bench: ${[command, ...parameters].join(' ')} ended before its answer.`)
      if (line.value.startsWith('{')) return JSON.parse(line.value) // libraries print lines of their own
    }
  }
  return {
    loaded: await nextAnswer(),
    runOnce: () => {
      child.stdin.write('run\n')
      return nextAnswer()
    },
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}
