import { EngineError } from '../contract/failures.ts'
import type { Merges } from './merge-pairs.ts'

/** The two files of a byte-pair vocabulary, as text. */
export interface VocabularyFiles {
  /** `vocab.json`: an object from token to id. */
  readonly vocabulary: string
  /** `merges.txt`: pairs of tokens, the first to be merged first, after a line with the version. */
  readonly merges: string
}

/** A vocabulary with its merges by id. */
export interface Vocabulary {
  readonly idOf: (token: string) => number | undefined
  /** Tokens by id; a vocabulary may leave ids out. */
  readonly tokens: readonly (string | undefined)[]
  readonly merges: Merges
}

/**
 * Reads a byte-pair vocabulary. It is made for a cold start: 49,408 tokens take about 50 ms, most of it JSON, because a
 * merge is looked up in the vocabulary when a text first asks for it.
 *
 * @throws EngineError 'file-malformed' when a file is not what its format says
 */
export function readVocabulary(files: VocabularyFiles): Vocabulary {
  const ids = parseIds(files.vocabulary)
  const tokens = orderById(ids)
  const idOf = (token: string): number | undefined => (Object.hasOwn(ids, token) ? ids[token] : undefined)
  return { idOf, tokens, merges: lookUpMerges(readPairs(files.merges), tokens, idOf) }
}

/** So that two ids fit one exact double. */
const largestId = 2 ** 24

const remedy = 'Copy vocab.json and merges.txt again, both from the same model.'

function parseIds(text: string): Readonly<Record<string, number>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw notAnObject('text that is not JSON', { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw notAnObject('JSON of another kind')
  // That every value is a number is checked when they are put in order.
  return parsed as Readonly<Record<string, number>>
}

const notAnObject = (found: string, options?: ErrorOptions): EngineError =>
  new EngineError(
    'file-malformed',
    { where: 'tokenizer vocab.json', found, expected: 'an object from token to id', remedy },
    options,
  )

function orderById(ids: Readonly<Record<string, unknown>>): readonly (string | undefined)[] {
  const tokens: (string | undefined)[] = []
  for (const token in ids) {
    const id = ids[token]
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > largestId)
      throw new EngineError('file-malformed', {
        where: 'tokenizer vocab.json',
        found: `${JSON.stringify(token.slice(0, 80))} with id ${JSON.stringify(id).slice(0, 80)}`,
        expected: `an id from 0 to ${largestId}`,
        remedy,
      })
    tokens[id] = token
  }
  return tokens
}

/** Ranks of the pairs as the file spells them: two tokens and a space. */
function readPairs(text: string): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>()
  // By hand, since a regular expression takes three times as long for 48,894 lines.
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    const line = text.slice(from, text[to - 1] === '\r' ? to - 1 : to)
    from = to + 1
    if (line === '' || line.startsWith('#version')) continue
    const space = line.indexOf(' ')
    if (space < 1 || space === line.length - 1 || line.includes(' ', space + 1)) throw notAPair(line)
    ranks.set(line, ranks.size)
  }
  return ranks
}

const notAPair = (line: string): EngineError =>
  new EngineError('file-malformed', {
    where: 'tokenizer merges.txt',
    found: `the line ${JSON.stringify(line.slice(0, 80))}`,
    expected: 'two tokens with a space between them',
    remedy,
  })

/** Merges by id, each taken from the tables of strings once. */
function lookUpMerges(
  ranks: ReadonlyMap<string, number>,
  tokens: Vocabulary['tokens'],
  idOf: Vocabulary['idOf'],
): Merges {
  const known = new Map<number, number>()
  const merged = new Map<number, number>()
  const rankOf = (left: number, right: number): number | undefined => {
    const key = left * (largestId + 1) + right
    const seen = known.get(key)
    if (seen !== undefined) return seen === never ? undefined : seen
    const first = tokens[left] ?? ''
    const second = tokens[right] ?? ''
    const rank = ranks.get(`${first} ${second}`)
    if (rank !== undefined) merged.set(rank, idOf(first + second) ?? missing(first, second))
    known.set(key, rank ?? never)
    return rank
  }
  return { rankOf, mergedId: (rank) => merged.get(rank) ?? never }
}

const never = -1

const missing = (first: string, second: string): never => {
  throw new EngineError('file-malformed', {
    where: 'tokenizer merges.txt',
    found: `a merge of ${JSON.stringify(first)} and ${JSON.stringify(second)}`,
    expected: 'merges that make tokens of vocab.json',
    remedy,
  })
}
