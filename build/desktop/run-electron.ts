import { spawn } from 'node:child_process'
import { endOf } from '../../scripts/run-program.mjs'

/** Whoever ends so soon has not shown a window. */
const soonMs = 5000
/** Ended by the terminal: hang-up, Ctrl+C, kill. */
const signalled: readonly number[] = [129, 130, 143]

/** How a start in Electron went: with the code it ended with, or so that the browser is the better way. */
export type ElectronEnd = { readonly code: number } | { readonly reason: string }

/**
 * Runs the studio in Electron until it ends. A program that fails at once (a library of the system is missing, or its
 * sandbox is not allowed) is a reason to open the browser instead.
 */
export async function runElectron(program: string, parameters: readonly string[]): Promise<ElectronEnd> {
  const startMs = performance.now()
  try {
    const code = await endOf(spawn(program, [...parameters], { stdio: 'inherit' }))
    const hasFailed = code !== 0 && !signalled.includes(code) && performance.now() - startMs < soonMs
    return hasFailed ? { reason: `Electron ended at once with ${code}; what it said stands above` } : { code }
  } catch (error) {
    return { reason: `Electron could not be started (${error instanceof Error ? error.message : String(error)})` }
  }
}
