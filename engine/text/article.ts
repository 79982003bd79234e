/** Words of a caption that only say which: deleted together with what they belong to. */
export const articles = ['a', 'an', 'the'] as const

/** Vowels that are spoken as "you" or "one". */
const consonantSound = /^(?:uni(?![dmn])|us[eu]|ut[eio]|ur[ao]|uk|ufo|ubi|eu|ewe|one(?!i)|once)/i
/** Consonants that are not spoken, letters that are spelled, and numbers that start with a vowel. */
const silent = /^(?:hour|heir|honest|honou?r|x-?ray|8|1[18]\b)/i

/**
 * "a" or "an" for the word that follows, by how English words of that spelling are mostly spoken.
 *
 * @param phrase what follows the article; its first word decides
 */
export function articleOf(phrase: string): 'a' | 'an' {
  const first = phrase.trimStart()
  if (silent.test(first)) return 'an'
  return /^[aeiouàáâäæèéêëìíîïòóôöùúûü]/i.test(first) && !consonantSound.test(first) ? 'an' : 'a'
}

/** A phrase without an article in front. */
export const withoutArticle = (phrase: string): string => {
  const [first = '', ...others] = phrase.trim().split(/\s+/)
  return others.length > 0 && articles.some((article) => article === first.toLowerCase())
    ? others.join(' ')
    : phrase.trim()
}
