import { EngineError } from '../contract/failures.ts'
import type { Graph } from '../graph/graph.ts'
import { lower } from '../graph/lower/lower.ts'
import type { Device } from './devices/device.ts'
import type { SessionKind } from './load-session.ts'
import { measureSession } from './memory/measure-session.ts'
import { outOfMemory, type MemoryBudget } from './memory/memory-budget.ts'
import { predictMemory, type MemoryOptions, type MemoryPrediction } from './memory/predict-memory.ts'
import { sessionWays } from './memory/session-ways.ts'
import { chainSessions } from './parts/chain-sessions.ts'
import { cutGraph } from './parts/cut-graph.ts'
import { createSession, type Session, type SessionOptions } from './session.ts'

/** What a session was reckoned to take, and what it took. */
export interface SessionMemory {
  /** Of the graph, such as `unet`. */
  readonly name: string
  readonly weights: 'copied' | 'mapped'
  readonly predictedBytes: number
  /** Peak of resident memory above what was there before, up to the end of the first run. */
  readonly measuredBytes: number
  /** What there was before it was created. */
  readonly availableBytes: number
}

export interface MakerOptions {
  readonly device: Device
  /** Threads of one run; ONNX Runtime's own choice when absent. */
  readonly threads?: number | undefined
  readonly budget: MemoryBudget
  /** Told after each session's first run. */
  readonly onMemory?: ((memory: SessionMemory) => void) | undefined
  /** Whether two private copies of the UNet's weights are too many. */
  readonly isBig: boolean
  /** Operations of one run above which an autoencoder runs in parts, so that cancel takes effect between them. */
  readonly partFlops: number
}

/** A session that is wanted, and what the pool can do for it. */
export interface SessionRequest {
  readonly kind: SessionKind
  readonly graph: Graph
  /** Sessions of this kind that are loaded already. */
  readonly alive: number
  /** Lets the session go that was not used for longest; false when there is none. */
  readonly makeRoom: () => Promise<boolean>
  /** Lets this session go, so that the next call makes it anew. */
  readonly forget: () => Promise<void>
}

/** A way to create a session and what it will take. */
interface Plan {
  readonly way: MemoryOptions
  /** Lowered graphs to run one after the other; where weights stay mapped, nothing is made of them in advance. */
  readonly parts: readonly Graph[]
  readonly predicted: MemoryPrediction
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
    if (options.device.name !== 'cpu') return createParts(options, request, partsOf(options, request, 'copied'), {})
    const plans = plansFor(options, request)
    const { plan, availableBytes } = await fittingPlan(request, plans, options.budget)
    const report = (measuredBytes: number): void =>
      options.onMemory?.({
        name: request.graph.name,
        weights: plan.way.weights,
        predictedBytes: plan.predicted.totalBytes,
        measuredBytes,
        availableBytes,
      })
    const explain = (error: unknown): unknown =>
      error instanceof EngineError && error.code === 'out-of-memory'
        ? outOfMemory(request.graph.name, plan.predicted, options.budget.availableBytes(), { cause: error })
        : error
    try {
      const session = await measureSession(() => createParts(options, request, plan.parts, plan.way), report)
      return explained(session, explain, request)
    } catch (error) {
      throw explain(error)
    }
  }

/** What a session of this graph would take in the way that takes least. */
export const leastMemory = (options: MakerOptions, request: Pick<SessionRequest, 'kind' | 'graph'>): MemoryPrediction =>
  plansFor(options, { ...request, alive: 0 })
    .map(({ predicted }) => predicted)
    .reduce((least, predicted) => (predicted.totalBytes < least.totalBytes ? predicted : least))

const partsOf = (
  { device, partFlops }: MakerOptions,
  { kind, graph }: Pick<SessionRequest, 'kind' | 'graph'>,
  weights: MemoryOptions['weights'],
): readonly Graph[] => {
  const lowered = lower(weights === 'copied' ? device.target : { ...device.target, foldsWeights: false })(graph)
  const isAutoencoder = kind === 'vae-decoder' || kind === 'vae-encoder'
  return isAutoencoder ? cutGraph(lowered, partFlops) : [lowered]
}

const plansFor = (options: MakerOptions, request: Pick<SessionRequest, 'kind' | 'graph' | 'alive'>): readonly Plan[] =>
  sessionWays({ ...request, isBig: options.isBig }).map((way) => {
    const parts = partsOf(options, request, way.weights)
    return { way, parts, predicted: predictMemory(parts, way) }
  })

/** The first plan that fits; where none does, other sessions leave one by one. */
const fittingPlan = async (
  { graph, makeRoom }: SessionRequest,
  plans: readonly Plan[],
  { availableBytes }: MemoryBudget,
): Promise<{ readonly plan: Plan; readonly availableBytes: number }> => {
  for (;;) {
    const available = availableBytes()
    const plan = plans.find(({ predicted }) => predicted.totalBytes <= available)
    if (plan !== undefined) return { plan, availableBytes: available }
    if (await makeRoom()) continue
    const [first, ...others] = plans.map(({ predicted }) => predicted)
    if (first === undefined) throw new RangeError('no way to create a session')
    const least = others.reduce((a, b) => (b.totalBytes < a.totalBytes ? b : a), first)
    throw outOfMemory(graph.name, least, available)
  }
}

const createParts = async (
  { device, threads }: MakerOptions,
  { graph }: SessionRequest,
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
  return only !== undefined && sessions.length === 1 ? only : chainSessions(graph.name, sessions)
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
