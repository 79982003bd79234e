/** Longest note that a recipe takes. */
const mostNote = 200

/** A remark for a recipe, `key: facts`; facts may come out of any file or prompt. */
export const noteLine = (key: string, facts: string): string => oneLine(`${key}: ${facts}`, mostNote)

/** A text on one line without control characters, cut to `most` characters. */
export const oneLine = (text: string, most: number): string => {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}
