/**
 * Cuts a list into groups that fit into memory beside what every group holds.
 *
 * @param bytesOf   of one item; an item that fits with nothing else makes a group of its own
 * @param available bytes for all items of a group together
 * @returns         the items in their order
 */
export function groupByMemory<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  available: number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = []
  let left = 0
  for (const item of items) {
    const last = groups.at(-1)
    if (last !== undefined && bytesOf(item) <= left) {
      last.push(item)
      left -= bytesOf(item)
    } else {
      groups.push([item])
      left = available - bytesOf(item)
    }
  }
  return groups
}
