/** A call that waits for the batch of its turn. */
interface Waiting<Call, Result> {
  readonly call: Call
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects the calls made in one turn of the event loop and runs them together, so that guided and unguided
 * predictions of one step share a batch without knowing of each other.
 *
 * @param runAll  gives one result for each call, in order
 */
export const batchTurns = <Call, Result>(
  runAll: (calls: readonly Call[]) => Promise<readonly Result[]>,
): ((call: Call) => Promise<Result>) => {
  let waiting: Waiting<Call, Result>[] = []
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    try {
      const results = await runAll(batch.map(({ call }) => call))
      for (const [i, { resolve, reject }] of batch.entries()) {
        const result = results[i]
        if (result === undefined) reject(new RangeError(`a batch of ${batch.length} gave ${results.length} results`))
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  return (call) =>
    new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject })
      if (waiting.length === 1) queueMicrotask(() => void flush())
    })
}
