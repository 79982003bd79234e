/** Does something with at most `most` of many at a time, one after another. */
export async function inChunks<Item>(
  items: readonly Item[],
  most: number,
  work: (some: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += most) await work(items.slice(from, from + most))
}
