/** One of the programs or ways that are compared. */
export interface Contender<Sample> {
  readonly name: string
  /** Does the work once, from its own start to its own end, and says what it measured. */
  readonly once: () => Promise<readonly Sample[]>
}

/**
 * Lets contenders take turns, one at a time, the order reversed from round to round: whatever the machine does
 * meanwhile (heat, other work) falls on all alike.
 *
 * @param rounds how often each has its turn, at least 1
 * @returns every sample by contender's name, in the order measured
 */
export async function takeTurns<Sample>(
  contenders: readonly Contender<Sample>[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, readonly Sample[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse()
    for (const { name, once } of order) samples.set(name, [...(samples.get(name) ?? []), ...(await once())])
  }
  return samples
}

/**
 * Times a function on this thread: warm-ups first, then the samples.
 *
 * @param work  called `warmUps + count` times, one after another
 * @returns `count` durations in milliseconds
 */
export async function timeRuns(
  work: () => unknown,
  { warmUps, count }: { readonly warmUps: number; readonly count: number },
): Promise<readonly number[]> {
  for (let run = 0; run < warmUps; run += 1) await work()
  const durations: number[] = []
  for (let run = 0; run < count; run += 1) {
    const start = performance.now()
    await work()
    durations.push(performance.now() - start)
  }
  return durations
}
