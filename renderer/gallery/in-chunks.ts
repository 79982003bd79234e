/** As many ids as one call takes. */
const mostIds = 10_000

/** Does something with all of many pictures, as many of them at a time as one call takes, one call after another. */
export async function inChunks(ids: readonly number[], work: (some: number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += mostIds) await work(ids.slice(from, from + mostIds))
}
