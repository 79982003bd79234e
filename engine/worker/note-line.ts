/** Longest note that a recipe takes. */
const most = 200

/**
 * A remark for a recipe, `key: facts` on one line: facts may come out of any file or prompt, so control characters are
 * replaced and what is too long is cut.
 */
export const noteLine = (key: string, facts: string): string => {
  const line = `${key}: ${facts}`.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}
