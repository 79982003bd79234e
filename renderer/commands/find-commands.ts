import { languages, type MessageKey } from '../text/messages.ts'

/** How well a name fits, in whichever language it is typed. */
export const scoreName = (query: string, name: MessageKey): number =>
  Math.max(...Object.values(languages).map((catalogue) => scoreMatch(query, catalogue[name])))

/** How well a text fits what was typed; 0 = not at all. Letters in order are enough, beginnings of words count more. */
export function scoreMatch(query: string, text: string): number {
  const wanted = query.toLowerCase().trim()
  const found = text.toLowerCase()
  if (wanted === '') return 1
  const at = found.indexOf(wanted)
  if (at >= 0) return 100 - at + (at === 0 || found[at - 1] === ' ' ? 50 : 0)
  return scoreLetters(wanted, found)
}

/** Most letters begin a word or follow each other. */
const leastPerLetter = 2.5

/** Letters in order with gaps; a letter too many or a wrong one (one per four) is forgiven. */
function scoreLetters(wanted: string, found: string): number {
  let missed = 0
  let at = 0
  let score = 0
  for (const letter of wanted) {
    const next = found.indexOf(letter, at)
    if (next < 0) {
      missed++
      continue
    }
    score += next === at ? 4 : found[next - 1] === ' ' ? 3 : 1
    at = next + 1
  }
  return missed > Math.floor(wanted.length / 4) || score < wanted.length * leastPerLetter ? 0 : score
}
