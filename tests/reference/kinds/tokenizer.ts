import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clipTokenizer } from '../../../engine/text/clip-tokenizer.ts'
import { fitToLength } from '../../../engine/text/fit-to-length.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'

interface Recorded {
  /** With start and end token, neither cut nor padded. */
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[]
  readonly padded: readonly {
    readonly text: string
    readonly length: number
    /** The token that pads, as the vocabulary spells it. */
    readonly pad: string
    readonly ids: readonly number[]
  }[]
}

/** 0 where every id is the recorded one. */
const compareIds = (name: string, ours: Iterable<number>, recorded: readonly number[]): CaseRow => ({
  name,
  error: [...ours].join() === recorded.join() ? 0 : 1,
})

/** Token ids of CLIP's tokenizer, exact. */
export const tokenizerCase: CaseKind = {
  name: 'tokenizer',
  matches: (caseName) => caseName === 'tokenizer',
  check: async (folder) => {
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
    const vocabulary = await read('vocab.json')
    const tokenizer = clipTokenizer({ vocabulary, merges: await read('merges.txt') })
    // Recorded files; a wrong field fails the case.
    const { cases, padded } = JSON.parse(await read('expected.json')) as Recorded
    const idOf = JSON.parse(vocabulary) as Readonly<Record<string, number>>
    const { startId, endId, encode } = tokenizer
    const rows = [
      ...cases.map(({ text, ids }) =>
        compareIds(JSON.stringify(text), [startId, ...encode(text).map(({ id }) => id), endId], ids),
      ),
      ...padded.map(({ text, length, pad, ids }) => {
        const fitted = fitToLength(tokenizer, encode(text), { length, padId: idOf[pad] ?? Number.NaN })
        return compareIds(`${JSON.stringify(text)} to ${length} with ${pad}`, fitted.ids, ids)
      }),
    ]
    return { tolerance: 0, rows }
  },
}
