import { EngineError } from '../contract/failures.ts'
import { ProgressBar, type StepShown } from './progress-bar.ts'

/** Where a command says what it does: sentences and a bar for people, JSON lines for programs. */
export interface Output {
  readonly step: (step: StepShown, label: string) => void
  /** A finished result: a line of text, or an event with its facts. */
  readonly result: (text: string, event: Readonly<Record<string, unknown>>) => void
  readonly warning: (text: string, event: Readonly<Record<string, unknown>>) => void
  readonly failure: (error: unknown) => void
}

/** JSON lines on stdout, one event each: `{ "event": "step" | "result" | "warning" | "failure", … }`. */
export const jsonOutput = (write: (line: string) => void): Output => {
  const say = (event: string, facts: object): void => {
    write(`${JSON.stringify({ event, ...facts })}\n`)
  }
  return {
    step: (step) => {
      say('step', step)
    },
    result: (_, event) => {
      say('result', event)
    },
    warning: (text, event) => {
      say('warning', { text, ...event })
    },
    failure: (error) => {
      const facts = error instanceof EngineError ? { code: error.code, facts: error.facts } : { code: 'failed' }
      say('failure', { ...facts, message: messageOf(error) })
    },
  }
}

/** Results on stdout; progress, warnings and failures on stderr; the bar only on a terminal. */
export const textOutput = (stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output => {
  const bar = stderr.isTTY
    ? new ProgressBar(
        (text) => void stderr.write(text),
        () => stderr.columns,
      )
    : undefined
  const line = (stream: NodeJS.WriteStream, text: string): void => {
    bar?.clear()
    stream.write(`${text}\n`)
  }
  return {
    step: (step, label) => bar?.show(step, label),
    result: (text) => {
      line(stdout, text)
    },
    warning: (text) => {
      line(stderr, `Note: ${text}`)
    },
    failure: (error) => {
      line(stderr, messageOf(error))
    },
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
