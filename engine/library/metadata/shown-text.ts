/** Text out of a foreign file made fit to be stored and shown: control characters become spaces, the rest is cut. */
export const shownLine = (text: string, limit: number): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, limit).trim() // prettier-ignore

/** The same for text of several lines: `\n` and `\t` stay. */
export const shownText = (text: string, limit: number): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ')
    .slice(0, limit)
    .trim()
