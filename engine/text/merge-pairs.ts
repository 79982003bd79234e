/** Byte-pair merges over token ids: which neighbours join, in which order, into what. */
export interface Merges {
  /** Rank of the merge of two neighbouring ids, the lowest first; undefined where they never merge. */
  readonly rankOf: (left: number, right: number) => number | undefined
  /** Id that the merge of a rank makes; asked only for ranks that `rankOf` gave. */
  readonly mergedId: (rank: number) => number
}

/** A run of symbols that became one token: its id and its symbols from `start` (inclusive) to `end` (exclusive). */
export interface MergedRun {
  readonly id: number
  readonly start: number
  readonly end: number
}

/**
 * Merges neighbouring symbols of one word, lowest rank first and leftmost among equals, until no pair is left.
 * Time O(n log n), so that a word of 100,000 letters is no way to stop the application.
 *
 * @param symbols token id of each smallest symbol
 * @source Sennrich et al. 2016, arXiv:1508.07909, with a queue instead of repeated passes
 */
export function mergePairs(symbols: readonly number[], { rankOf, mergedId }: Merges): readonly MergedRun[] {
  const count = symbols.length
  const ids = Int32Array.from(symbols)
  // Neighbours by position; `count` is the end on the right, -1 on the left, and a swallowed symbol has id -1.
  const next = Int32Array.from(symbols, (_, i) => i + 1)
  const previous = Int32Array.from(symbols, (_, i) => i - 1)
  const queue: number[] = []
  const offer = (left: number): void => {
    const right = left < 0 ? count : (next[left] ?? count)
    const rank = right >= count ? undefined : rankOf(ids[left] ?? -1, ids[right] ?? -1)
    if (rank !== undefined) push(queue, rank * positions + left)
  }
  for (let left = 0; left + 1 < count; left++) offer(left)
  for (let entry = pop(queue); entry !== undefined; entry = pop(queue)) {
    const left = entry % positions
    const rank = (entry - left) / positions
    const right = next[left] ?? count
    const isStale = (ids[left] ?? -1) < 0 || right >= count || rankOf(ids[left] ?? -1, ids[right] ?? -1) !== rank
    if (isStale) continue
    ids[left] = mergedId(rank)
    ids[right] = -1
    const after = next[right] ?? count
    next[left] = after
    if (after < count) previous[after] = left
    offer(previous[left] ?? -1)
    offer(left)
  }
  const runs: MergedRun[] = []
  for (let start = 0; start < count; start = next[start] ?? count)
    runs.push({ id: ids[start] ?? -1, start, end: next[start] ?? count })
  return runs
}

/** Queue entries are rank · positions + position: ordered by rank, then from left to right, in one exact double. */
const positions = 2 ** 32

/** Adds to a binary heap, least first. */
function push(heap: number[], entry: number): void {
  let child = heap.length
  heap.push(entry)
  while (child > 0) {
    const parent = (child - 1) >> 1
    const above = heap[parent] ?? 0
    if (above <= entry) break
    heap[child] = above
    child = parent
  }
  heap[child] = entry
}

/** Takes the least entry out of a binary heap. */
function pop(heap: number[]): number | undefined {
  const least = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return least
  let parent = 0
  for (;;) {
    let child = 2 * parent + 1
    if (child >= heap.length) break
    if ((heap[child + 1] ?? Infinity) < (heap[child] ?? Infinity)) child++
    const below = heap[child] ?? Infinity
    if (below >= last) break
    heap[parent] = below
    parent = child
  }
  heap[parent] = last
  return least
}
