import { openSync } from 'node:fs'
import { constants } from 'node:os'

const errnos = constants.errno

/** What disks, folders and limits say when they refuse. */
export const refusals = ['ENOSPC', 'EIO', 'EACCES', 'EMFILE', 'EROFS'] as const
export type Refusal = (typeof refusals)[number]

/** The preloaded layer answers by the error of an open that never happens. */
const tell = (path: string): string | undefined => {
  try {
    openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
  }
  return undefined
}

/** From now on the nth call below the watched folder fails; with `isLasting` every later one too. */
export const arm = (nth: number, refusal: Refusal, isLasting: boolean): void => {
  tell(`/fail-nth/${nth}/${errnos[refusal]}/${isLasting ? 1 : 0}`)
}

/** Ends that; says whether a call was made to fail. */
export const disarm = (): boolean => tell('/fail-nth/') === 'EEXIST'
