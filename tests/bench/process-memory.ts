import { readdirSync, readFileSync } from 'node:fs'

/**
 * Memory of every process of a tree by the name of its program, in MiB (proportional set size: shared pages count by
 * their share); Linux only.
 *
 * @param pid the process at its root
 */
export function readProcessTree(pid: number): Readonly<Record<string, number>> {
  const found: Record<string, number> = {}
  const visit = (at: number): void => {
    const name = nameOf(at)
    found[name] = (found[name] ?? 0) + proportionalMiB(at)
    for (const child of childrenOf(at)) visit(child)
  }
  visit(pid)
  return found
}

/** The last script on the command line, without folders and options. */
function nameOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const script = words.find((word) => /\.(?:[mc]?[jt]s)$/.test(word)) ?? words[0] ?? 'unknown'
  return script.split('/').at(-1) ?? script
}

const proportionalMiB = (pid: number): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Math.round(Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024)
}

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  )
