import { EngineError } from '../contract/failures.ts'
import type { Graph } from '../graph/graph.ts'
import type { Device } from './devices/device.ts'
import type { GraphForms, SessionKind } from './load-session.ts'
import { measureSession } from './memory/measure-session.ts'
import { outOfMemory, type MemoryBudget } from './memory/memory-budget.ts'
import { sessionPlans, type PlanOptions, type SessionPlan } from './memory/session-plans.ts'
import { chainSessions } from './parts/chain-sessions.ts'
import { createSession, type Session, type SessionOptions } from './session.ts'

/** What a session was reckoned to take, and what it took. */
export interface SessionMemory {
  /** Of the graph, such as `unet`. */
  readonly name: string
  readonly weights: 'copied' | 'mapped'
  /** Whether a gradient's activations are kept or computed a second time; `kept` without a gradient. */
  readonly activations: 'kept' | 'recomputed'
  readonly predictedBytes: number
  /** Peak of resident memory above what was there before, up to the end of the first run. */
  readonly measuredBytes: number
  /** What there was before it was created. */
  readonly availableBytes: number
}

export interface MakerOptions extends PlanOptions {
  readonly device: Device
  /** Threads of one run; ONNX Runtime's own choice when absent. */
  readonly threads?: number | undefined
  readonly budget: MemoryBudget
  /** Told after each session's first run. */
  readonly onMemory?: ((memory: SessionMemory) => void) | undefined
}

/** A session that is wanted, and what the pool can do for it. */
export interface SessionRequest {
  readonly kind: SessionKind
  readonly forms: GraphForms
  /** Sessions of this kind that are loaded already. */
  readonly alive: number
  /** Lets the session go that was not used for longest; false when there is none. */
  readonly makeRoom: () => Promise<boolean>
  /** Lets this session go, so that the next call makes it anew. */
  readonly forget: () => Promise<void>
}

/**
 * Creates sessions that fit into memory, others leaving when they must.
 *
 * @throws EngineError 'out-of-memory' with the bytes needed and available, before anything is loaded when that can be
 *         foreseen; and as `createSession`
 */
export const sessionMaker =
  (options: MakerOptions) =>
  async (request: SessionRequest): Promise<Session> => {
    const plans = sessionPlans(options, request)
    if (options.device.name !== 'cpu') return createParts(options, plans.first().parts, {})
    const { plan, availableBytes } = await fittingPlan(request, plans, options.budget)
    const { way, predicted, activations, graph } = plan
    const report = (measuredBytes: number): void => {
      const facts = { name: graph.name, weights: way.weights, activations }
      options.onMemory?.({ ...facts, predictedBytes: predicted().totalBytes, measuredBytes, availableBytes })
    }
    const explain = (error: unknown): unknown =>
      error instanceof EngineError && error.code === 'out-of-memory'
        ? outOfMemory(graph.name, predicted(), options.budget.availableBytes(), { cause: error })
        : error
    try {
      const session = await measureSession(() => createParts(options, plan.parts, way), report)
      return explained(session, explain, request)
    } catch (error) {
      throw explain(error)
    }
  }

/** The first plan that fits; where none does, other sessions leave one by one. */
const fittingPlan = async (
  { makeRoom }: SessionRequest,
  plans: ReturnType<typeof sessionPlans>,
  { availableBytes }: MemoryBudget,
): Promise<{ readonly plan: SessionPlan; readonly availableBytes: number }> => {
  for (;;) {
    const available = availableBytes()
    const plan = plans.find(({ way, predicted }) => predicted().totalBytes <= (way.shareOfAvailable ?? 1) * available)
    if (plan !== undefined) return { plan, availableBytes: available }
    if (await makeRoom()) continue
    const { graph, predicted } = plans.least()
    throw outOfMemory(graph.name, predicted(), available)
  }
}

const createParts = async (
  { device, threads }: MakerOptions,
  parts: readonly Graph[],
  way: Pick<SessionOptions, 'weights' | 'arena'>,
): Promise<Session> => {
  const sessions: Session[] = []
  try {
    for (const part of parts) {
      sessions.push(
        await createSession(part, {
          ...way,
          executionProviders: [device.name],
          ...(threads === undefined ? {} : { threads }),
        }),
      )
    }
  } catch (error) {
    for (const session of sessions) await session.release()
    throw error
  }
  const [only] = sessions
  return only !== undefined && sessions.length === 1 ? only : chainSessions(parts[0]?.name ?? '', sessions)
}

/** A session that leaves the pool when it runs out of memory, and says how much it wanted. */
const explained = (
  session: Session,
  explain: (error: unknown) => unknown,
  { forget }: Pick<SessionRequest, 'forget'>,
): Session => ({
  ...session,
  run: async (feeds, options) => {
    try {
      return await session.run(feeds, options)
    } catch (error) {
      const explanation = explain(error)
      if (explanation !== error) await forget()
      throw explanation
    }
  },
})
