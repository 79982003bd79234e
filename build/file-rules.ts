import { basename, extname } from 'node:path'

/** One file of the project: its path from the project's folder, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

const lineLimit = 300
const codeEndings = new Set(['.ts', '.mts', '.mjs', '.js', '.svelte', '.css'])
const isCode = (path: string): boolean =>
  codeEndings.has(extname(path)) && !path.includes('/generated/') && !path.startsWith('models/')

/** Ends of lines as `wc -l` counts them. */
const countLines = (text: string): number => text.split('\n').length - 1

/**
 * Code files above the limit that no list allows, and entries of the list that are not needed.
 *
 * @param longFiles path → why this file may be longer
 */
export function findLongFiles(
  files: readonly SourceFile[],
  longFiles: Readonly<Record<string, string>>,
): readonly string[] {
  const long = files.filter(({ path, text }) => isCode(path) && countLines(text) > lineLimit)
  const paths = new Set(long.map(({ path }) => path))
  const tooLong = long
    .filter(({ path }) => !(path in longFiles))
    .map(
      ({ path, text }) =>
        `${path}: has ${countLines(text)} lines, expected at most ${lineLimit}. Cut it in two; a table goes to build/long-files.ts with a reason.`,
    )
  const needless = Object.keys(longFiles)
    .filter((path) => !paths.has(path))
    .map((path) => `build/long-files.ts: ${path} is not longer than ${lineLimit} lines. Remove its line.`)
  return [...tooLong, ...needless]
}

const forbiddenWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'managers'])
const forbiddenStems = new Set(['base', 'index'])
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const pascalCase = /^[A-Z][A-Za-z0-9]*$/

/** Code files whose names say nothing, or are written in another case than the convention's. */
export const findBadNames = (paths: readonly string[]): readonly string[] =>
  paths.filter(isCode).flatMap((path) => {
    const stem = basename(path, extname(path))
    const words = stem.split(/[-.]/)
    const forbidden =
      words.find((word) => forbiddenWords.has(word)) ??
      words.slice(0, 1).find((word) => forbiddenStems.has(stem) && word)
    if (forbidden !== undefined)
      return [`${path}: "${forbidden}" says nothing. Name the file after its one main export.`]
    const expected = extname(path) === '.svelte' ? pascalCase : kebabCase
    if (expected.test(stem)) return []
    return [`${path}: expected ${extname(path) === '.svelte' ? 'PascalCase' : 'kebab-case'}.`]
  })

/** Absolute folders of one machine. */
const machineFolders = [
  /(?<![\w.\-/)}\]*])\/(?:home|root|work|tmp|Users|private|var\/folders)\/[\w.-]+/,
  /(?<!\w)[A-Za-z]:\\\\?Users\\/,
] as const

/** Lock files name a registry per package when npm was told to; only npm's own serves everybody. */
const foreignRegistry = /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)[^"]*"/

/** Lines that only make sense on the machine they were written on. */
export const findMachinePaths = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(({ path, text }) => {
    const patterns = path === 'package-lock.json' ? [foreignRegistry] : machineFolders
    return text.split('\n').flatMap((line, row) => {
      const found = patterns.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined)
      return found === undefined ? [] : [`${path}:${row + 1}: "${found}" is a place on one machine.`]
    })
  })

/** Switched-off lint rules that do not say why (`-- reason`). */
export const findSilentLint = (files: readonly SourceFile[]): readonly string[] =>
  files
    .filter(({ path }) => isCode(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, row) => {
        const isSilent = /(?:\/\/|\/\*)\s*(?:eslint-disable|@ts-expect-error|@ts-ignore)(?!.*(?:--|:) \S)/.test(line)
        return isSilent ? [`${path}:${row + 1}: a rule is switched off, expected " -- " and the reason.`] : []
      }),
    )
