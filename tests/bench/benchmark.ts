/** What `npm run bench -- NAME` runs: a file `tests/bench/<name>.bench.ts` exports one as `benchmark`. */
export interface Benchmark {
  /** What is measured, in a sentence. */
  readonly about: string
  /**
   * Measures, and returns what is to be printed as JSON: numbers with their unit in the name, bars beside them.
   *
   * @param parameters what followed the name on the command line
   */
  readonly measure: (parameters: readonly string[]) => Promise<object>
}
