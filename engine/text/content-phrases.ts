import { normalizeText } from './normalize-text.ts'
import { isBreak, type WeightedText } from './prompt-attention.ts'

/**
 * Words that name nothing one could see: they end a phrase and belong to none. Pronouns, prepositions, conjunctions,
 * auxiliary verbs, and what pictures are called ("a photo of").
 */
const stopWords = new Set(
  `a an the this that these those some any each every its his her their my your our it he she they them him who which
  and or but nor with without of in on at by to from for as than then into onto over under above below beneath behind
  before after between among beside besides near next left right front back around across along through inside outside
  against toward towards during within upon off up down out about via per plus versus
  is are was were be been being am has have had having do does did doing can could will would shall should may might must
  not no very really quite too so such only just also there here where while when
  wearing holding sitting standing lying riding looking walking running playing eating drinking
  photo photos photograph photography picture pictures image images drawing drawings illustration illustrations painting
  paintings sketch render rendering artwork art portrait closeup close view scene shot style background backgrounds`.split(
    /\s+/,
  ),
)

const wordOrMark = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu
const isWord = (text: string): boolean => /^[\p{L}\p{M}\p{N}]/u.test(text)

/**
 * The phrases of a prompt that name something: runs of words between stop words and punctuation, such as "red heart" and
 * "ice cream", each once, in the order of the prompt, in lower case. It knows no grammar: "cat sleeping" is one phrase.
 *
 * @param segments  a prompt that was read; weights do not matter
 */
export const contentPhrases = (segments: readonly WeightedText[]): readonly string[] => {
  const phrases = new Set<string>()
  for (const segment of segments) {
    if (isBreak(segment)) continue
    let phrase: string[] = []
    const endPhrase = (): void => {
      if (phrase.length > 0) phrases.add(phrase.join(' '))
      phrase = []
    }
    for (const [part] of normalizeText(segment.text).text.matchAll(wordOrMark)) {
      if (isWord(part) && !stopWords.has(part)) phrase.push(part)
      else endPhrase()
    }
    endPhrase()
  }
  return [...phrases]
}
