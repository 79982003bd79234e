/** Steering characters of terminals and of bidirectional text: nothing that a prompt needs, much that a trick needs. */
const unwanted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * Makes a foreign text safe to show and to keep: line breaks become `\n`, control characters and lone surrogates go, and
 * so does everything after `limit` characters.
 */
export const cleanText = (text: string, limit: number): string =>
  text
    .slice(0, limit)
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(unwanted, '')
    .toWellFormed()

/** The same for a name or a value: one line, spaces around it removed. */
export const cleanLine = (text: string, limit: number): string =>
  cleanText(text, limit)
    .replace(/[\n\t]+/g, ' ')
    .trim()
