import { resolve } from 'node:path'
import { EngineError } from '../../contract/failures.ts'

/** The only positional word of a verb, as an absolute path. @throws EngineError 'bad-argument' */
export const onePath = (verb: string, what: string, positionals: readonly string[]): string => {
  const [path] = positionals
  if (path !== undefined && positionals.length === 1) return resolve(path)
  throw new EngineError('bad-argument', {
    where: `attune models ${verb}`,
    found: path === undefined ? `no ${what}` : `${positionals.length} words`,
    expected: `one ${what}`,
    remedy: 'See attune models --help.',
  })
}
