import type { ClipTokenizer } from '../../../engine/text/clip-tokenizer.ts'

/** Every letter is a token, its code the id; `^` starts, `$` ends. For tests of layout, where words do not matter. */
export const letterTokenizer: Pick<ClipTokenizer, 'encode' | 'startId' | 'endId'> = {
  startId: 94,
  endId: 36,
  encode: (text) =>
    Array.from(text.matchAll(/\S/g), ({ 0: letter, index }) => ({
      id: letter.charCodeAt(0),
      start: index,
      end: index + 1,
      continues: false,
    })),
}
