import type { UtilityProcess } from 'electron'

const longest = 4000

/** Reads what a process prints, so that its pipes never fill up. @returns its last words so far */
export function followOutput(child: UtilityProcess): () => string {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (part: Buffer) => {
      tail = (tail + part.toString('utf8')).slice(-longest)
    })
  }
  return () => tail.trim()
}
