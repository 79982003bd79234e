import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { EngineError } from '../contract/failures.ts'

/**
 * Reads long flags and positional words; every mistake is a 'bad-argument' that names the flag.
 */
export const parseOptions = <Options extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (cause) {
    const found = cause instanceof Error ? (cause.message.split('. ')[0] ?? cause.message) : String(cause)
    throw new EngineError(
      'bad-argument',
      { where: `attune ${command}`, found, remedy: `See attune ${command} --help.` },
      { cause },
    )
  }
}

/** `name` as a number; undefined when it was not given. @throws EngineError 'bad-argument' */
export const numberOption = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new EngineError('bad-argument', { where: `--${name}`, found: `"${text}"`, expected: 'a number' })
}

/** `512` or `512x768` as width and height. @throws EngineError 'bad-argument' */
export const sizeOption = (
  text: string | undefined,
): { readonly width: number; readonly height: number } | undefined => {
  if (text === undefined) return undefined
  const [, width, height] = /^(\d{1,5})(?:x(\d{1,5}))?$/i.exec(text) ?? []
  if (width !== undefined) return { width: Number(width), height: Number(height ?? width) }
  throw new EngineError('bad-argument', {
    where: '--size',
    found: `"${text}"`,
    expected: 'width x height in pixels, such as 512x768',
  })
}
