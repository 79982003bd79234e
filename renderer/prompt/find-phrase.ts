export interface PhraseSpan {
  readonly from: number
  readonly to: number
}

const isLetter = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

/** Every place where the phrase stands as whole words, whatever its case. */
export function findPhrase(prompt: string, phrase: string): readonly PhraseSpan[] {
  const wanted = phrase.trim().toLowerCase()
  if (wanted === '') return []
  const text = prompt.toLowerCase()
  const found: PhraseSpan[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const to = at + wanted.length
    if (!isLetter(prompt[at - 1]) && !isLetter(prompt[to])) found.push({ from: at, to })
  }
  return found
}

/** Words that a picture cannot show. */
const silent = new Set(
  'a an the of in on at to and or with by for from is are as it its his her their next near under over above below between into onto left right'.split(
    ' ',
  ),
)

/** Words of the prompt that can be seen in a picture: no articles, no prepositions, no numbers. */
export function contentWords(prompt: string): readonly PhraseSpan[] {
  return [...prompt.matchAll(/[\p{L}][\p{L}\p{N}'’-]*/gu)]
    .filter(([word]) => !silent.has(word.toLowerCase()) && word !== 'BREAK' && word !== 'AND')
    .map((match) => ({ from: match.index, to: match.index + match[0].length }))
}
