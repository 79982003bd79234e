/** Lets work wait until what was given before it is done. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** One piece of work after another, in the order given; a failure is its giver's alone. */
export const inTurn = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}
