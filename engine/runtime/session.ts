import { InferenceSession, Tensor } from 'onnxruntime-node'
import { EngineError } from '../contract/failures.ts'
import type { Graph } from '../graph/graph.ts'
import { encodeGraph, type EncodedGraph } from '../graph/onnx/encode-graph.ts'
import type { Dtype } from '../graph/op-specs.ts'
import type { CallOptions } from '../machine/machine.ts'
import { sameShape, type Elements, type NdArray } from '../tensor/nd-array.ts'

/** A loaded graph. Runs block the thread; two runs never overlap. */
export interface Session {
  readonly name: string
  /**
   * Runs the graph once.
   *
   * @param feeds  an array for each input, of the input's shape
   * @param options  a signal is heeded where the graph runs in parts, between two of them
   * @returns      an array for each output
   * @throws EngineError 'shape-mismatch' for a missing or misshapen feed, 'device-failed' when the run fails,
   *         'out-of-memory' when it is for want of memory, 'cancelled'
   */
  readonly run: (
    feeds: Readonly<Record<string, NdArray<Elements>>>,
    options?: CallOptions,
  ) => Promise<Readonly<Record<string, NdArray>>>
  readonly release: () => Promise<void>
}

export interface SessionOptions {
  readonly executionProviders?: InferenceSession.SessionOptions['executionProviders']
  readonly threads?: number
  /**
   * On a CPU, `copied` (default) holds weights in memory as the kernels want them: float32, packed, reordered. `mapped`
   * leaves them in their file and converts them at each run: little private memory, no time to load, runs 10 to 20 % slower.
   */
  readonly weights?: 'copied' | 'mapped'
  /** Whether the memory of activations is kept from run to run (default): 5 % faster, more memory held. */
  readonly arena?: boolean
  /** Fails instead of running an operator on the CPU that the device has no kernel for. */
  readonly refuseFallback?: boolean
  readonly profilePrefix?: string
}

/**
 * Creates a session of a lowered graph, its weights read from their file by offset.
 *
 * @throws EngineError 'graph-invalid' when the graph was not lowered, 'device-failed' when ONNX Runtime refuses the graph
 */
export const createSession = async (graph: Graph, options: SessionOptions = {}): Promise<Session> => {
  const session = await createNative(graph, encodeGraph(graph), options)
  return {
    name: graph.name,
    run: async (feeds) => fromTensors(await runNative(graph, session, feeds)),
    release: () => session.release(),
  }
}

const createNative = async (
  graph: Graph,
  { bytes, weightFolder }: EncodedGraph,
  options: SessionOptions,
): Promise<InferenceSession> => {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: options.executionProviders ?? ['cpu'],
      graphOptimizationLevel: options.weights === 'mapped' ? 'extended' : 'all',
      executionMode: 'sequential',
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      enableCpuMemArena: options.arena !== false,
      // A pattern's block would lie beside what the arena kept of the first run: measured, up to 45 % more memory.
      enableMemPattern: false,
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
      ...(options.profilePrefix === undefined
        ? {}
        : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
      extra: {
        session: {
          // Threads that wait spinning for this session's next run would take the cores from another session's.
          force_spinning_stop: '1',
          ...(weightFolder === undefined ? {} : { model_external_initializers_file_folder_path: weightFolder }),
          ...(options.weights === 'mapped' ? { disable_prepacking: '1' } : {}),
          ...(options.refuseFallback === true ? { disable_cpu_ep_fallback: '1' } : {}),
        },
        // Folding would convert every half-precision weight into private memory.
        ...(options.weights === 'mapped' ? { optimization: { disable_specified_optimizers: 'ConstantFolding' } } : {}),
      },
    })
  } catch (cause) {
    throw deviceFailure(`creating the session of ${graph.name}`, cause)
  }
}

const runNative = async (
  graph: Graph,
  session: InferenceSession,
  feeds: Readonly<Record<string, NdArray<Elements>>>,
): Promise<InferenceSession.OnnxValueMapType> => {
  const tensors: Record<string, Tensor> = {}
  for (const [name, { shape, dtype }] of graph.inputs) {
    const feed = feeds[name]
    if (feed === undefined || !sameShape(feed.shape, shape)) {
      throw new EngineError('shape-mismatch', {
        where: `run of ${graph.name}`,
        found: feed === undefined ? `no feed for "${name}"` : `"${name}" of shape [${feed.shape.join(', ')}]`,
        expected: `[${shape.join(', ')}]`,
      })
    }
    tensors[name] = toTensor(dtype, feed)
  }
  try {
    return await session.run(tensors)
  } catch (cause) {
    throw deviceFailure(`running ${graph.name}`, cause)
  }
}

const toTensor = (dtype: Dtype, { data, shape }: NdArray<Elements>): Tensor =>
  // ONNX Runtime types each dtype with its own array class; the graph's dtype decides which one `data` is.
  new Tensor(dtype as 'float32', data as Float32Array, shape)

const fromTensors = (outputs: InferenceSession.OnnxValueMapType): Record<string, NdArray> => {
  const arrays: Record<string, NdArray> = {}
  for (const [name, tensor] of Object.entries(outputs)) {
    // Graphs of this engine return float32 (statistics in float64 are cast first).
    if (tensor instanceof Tensor) arrays[name] = { shape: tensor.dims, data: tensor.data as Float32Array }
  }
  return arrays
}

const deviceFailure = (where: string, cause: unknown): EngineError => {
  const found = cause instanceof Error ? cause.message : String(cause)
  const isMemory = /alloc|memory|bad_alloc/i.test(found)
  return new EngineError(isMemory ? 'out-of-memory' : 'device-failed', { where, found }, { cause })
}
