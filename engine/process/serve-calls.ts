import { EngineError } from '../contract/failures.ts'
import type { CallArgs, CallName, CallProgress, CallResult, CallTable } from './call-table.ts'
import { toFailureData } from './failure-data.ts'
import type { ParentPort, ToChild } from './messages.ts'

/** What a handler gets beside its arguments. */
export interface CallContext<Progress> {
  /** Aborted when the parent cancels. A handler checks it between pieces of work and throws its `reason`. */
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
}

export type Handlers<Table extends CallTable> = {
  readonly [Name in CallName<Table>]: (
    args: CallArgs<Table, Name>,
    context: CallContext<CallProgress<Table, Name>>,
  ) => Promise<CallResult<Table, Name>> | CallResult<Table, Name>
}

export interface Served<Table extends CallTable> {
  /** Names the process in errors, such as `media`. */
  readonly name: string
  readonly port: ParentPort
  readonly calls: Table
  readonly handlers: Handlers<Table>
}

/**
 * The child's side of a process link: answers every call of `calls` until the process ends. Calls run side by side when
 * the parent sends several; a parent that wants them one at a time sends them one at a time. Arguments are parsed before
 * a handler sees them, errors go back as data, and a call that was cancelled always ends as 'cancelled' unless it had
 * already finished.
 */
export const serveCalls = <Table extends CallTable>({ name, port, calls, handlers }: Served<Table>): void => {
  const running = new Map<number, AbortController>()
  const answer = async (message: Extract<ToChild, { call: string }>): Promise<void> => {
    const { id, call, args } = message
    const where = `${name} process: ${call}`
    const controller = new AbortController()
    running.set(id, controller)
    const context: CallContext<never> = {
      signal: controller.signal,
      progress: (progress) => {
        if (running.has(id)) port.postMessage({ id, progress })
      },
    }
    try {
      const checked = checkedArgs(calls, where, call, args)
      // The handler found under a name takes what the schema under the same name gave; only the compiler cannot see it.
      const handler = handlers[call] as (args: unknown, context: CallContext<never>) => unknown
      port.postMessage({ id, result: await handler(checked, context) })
    } catch (error) {
      port.postMessage({
        id,
        failure: toFailureData(controller.signal.aborted ? cancelled(where, error) : error, where),
      })
    } finally {
      running.delete(id)
    }
  }
  port.onMessage((message) => {
    if ('call' in message) void answer(message)
    else running.get(message.id)?.abort(cancelled(`${name} process`))
  })
  port.postMessage({ ready: true })
}

const checkedArgs = (calls: CallTable, where: string, call: string, args: unknown): unknown => {
  const schemas = Object.hasOwn(calls, call) ? calls[call] : undefined
  if (schemas === undefined) {
    throw new EngineError('contract-violated', {
      where,
      found: `a call named ${JSON.stringify(call.slice(0, 100))}`,
      expected: `one of ${Object.keys(calls).join(', ')}`,
    })
  }
  try {
    return schemas.args.parse(args)
  } catch (cause) {
    throw new EngineError('contract-violated', { where, found: 'arguments that do not fit the call' }, { cause })
  }
}

const cancelled = (where: string, cause?: unknown): EngineError =>
  cause instanceof EngineError && cause.code === 'cancelled'
    ? cause
    : new EngineError('cancelled', { where, found: 'the call was cancelled' }, cause === undefined ? {} : { cause })
