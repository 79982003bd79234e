import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { parseAttention } from '../../../engine/text/prompt-attention.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'

interface Recorded {
  readonly cases: readonly {
    readonly prompt: string
    /** Text and weight; missing where the original raises an error. */
    readonly parse?: readonly (readonly [string, number])[]
    readonly error?: string
  }[]
}

/** 0 for the recorded texts and doubles; where the original stops at a weight, 0 when ours says which it was. */
const compareParse = ({ prompt, parse }: Recorded['cases'][number]): CaseRow => {
  const { segments, notes } = parseAttention(mapText(prompt))
  const ours = JSON.stringify(segments.map(({ text, weight }) => [text, weight]))
  const isSame =
    parse === undefined ? notes.some(({ kind }) => kind === 'unreadable-weight') : ours === JSON.stringify(parse)
  return { name: JSON.stringify(prompt), error: isSame ? 0 : 1 }
}

/** A1111's attention syntax, exact. */
export const promptWeightsCase: CaseKind = {
  name: 'prompt-weights',
  matches: (caseName) => caseName === 'prompt-weights',
  check: async (folder) => {
    // A recorded file; a wrong field fails the case.
    const { cases } = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Recorded
    return { tolerance: 0, rows: cases.map(compareParse) }
  },
}
