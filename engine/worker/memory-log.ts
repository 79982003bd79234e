import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SessionMemory } from '../runtime/session-maker.ts'

/** About two thousand sessions. */
const mostBytes = 2 ** 19

/**
 * Writes down what each session was reckoned to take and what it took: one JSON object a line with `time`, `model` and
 * the facts of `SessionMemory`. A full file is kept once more as `<file>.old`. Where nothing may be written, nothing is.
 */
export const memoryLog =
  (file: string, now: () => Date = () => new Date()) =>
  (model: string, memory: SessionMemory): void => {
    const line = JSON.stringify({ time: now().toISOString(), model, ...memory })
    try {
      mkdirSync(dirname(file), { recursive: true })
      if (sizeOf(file) > mostBytes) renameSync(file, `${file}.old`)
      appendFileSync(file, `${line}\n`)
    } catch {
      // A log that cannot be written is no reason to fail a picture.
    }
  }

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
