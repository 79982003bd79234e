/** Lists behind `__name__`: one entry per line of the file. */
export type WildcardLists = Readonly<Record<string, readonly string[]>>

/**
 * Chooses one of every `{a|b}` and one entry of every `__list__`; `{2$$a|b|c}` takes two, in their order.
 *
 * @param random 0 … 1, called once per choice
 * @returns the prompt to be drawn; names of lists that are not known stay as they are
 */
export function expandVariants(prompt: string, lists: WildcardLists, random: () => number): string {
  let text = prompt
  for (let round = 0; round < 20; round++) {
    const next = text
      .replace(/\{([^{}]*)\}/g, (whole, inner: string) => (inner.includes('|') ? chooseSome(inner, random) : whole))
      .replace(/__([\w-]+)__/g, (whole, name: string) => chooseOne(lists[name] ?? [], random) ?? whole)
    if (next === text) return text
    text = next
  }
  return text
}

const chooseOne = (entries: readonly string[], random: () => number): string | undefined =>
  entries[Math.min(entries.length - 1, Math.floor(random() * entries.length))]

function chooseSome(inner: string, random: () => number): string {
  const counted = /^\s*(\d+)\$\$/.exec(inner)
  const entries = inner
    .slice(counted?.[0].length ?? 0)
    .split('|')
    .map((entry) => entry.trim())
  let wanted = Math.min(Number(counted?.[1] ?? 1), entries.length)
  const chosen = entries.filter((_, i) => {
    const isChosen = random() * (entries.length - i) < wanted
    if (isChosen) wanted--
    return isChosen
  })
  return chosen.join(', ')
}
