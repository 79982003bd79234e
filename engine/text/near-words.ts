/**
 * Known words that are spelt nearly like another: one letter apart, two for words of six letters or more.
 *
 * @param word  in lower case
 * @returns at most `most`, nearest first, then in the order of the list
 */
export const nearWords = (word: string, known: Iterable<string>, most = 3): readonly string[] => {
  const farthest = word.length < 4 ? 0 : word.length < 6 ? 1 : 2
  const found: { readonly word: string; readonly distance: number }[] = []
  for (const other of known) {
    if (Math.abs(other.length - word.length) > farthest) continue
    const distance = editDistance(word, other)
    if (distance <= farthest) found.push({ word: other, distance })
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map((one) => one.word)
}

/**
 * How many letters must be put in, left out, exchanged, or swapped with their neighbour.
 *
 * @source Damerau 1964, in the restricted form that changes no letter twice
 */
export const editDistance = (a: string, b: string): number => {
  let [before, previous] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const exchange = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity
      row.push(Math.min(exchange, swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
