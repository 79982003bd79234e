import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { CaseReport } from './check-case.ts'

/** In place of a case: what must fail, since WebGPU has no kernel for it and the CPU may not take its place. */
export const operatorWithoutKernel = 'operator without a kernel'

export interface WebgpuCases {
  /** Rejects with the process's last words when it died before this case. */
  readonly report: (caseName: string) => Promise<CaseReport>
  readonly kill: () => void
}

/** Starts a process that computes the named cases on WebGPU, one after another. */
export const startWebgpuCases = (
  names: readonly string[],
  environment: Readonly<Record<string, string>>,
): WebgpuCases => {
  const reports = new Map(names.map((name) => [name, Promise.withResolvers<CaseReport>()]))
  const child = fork(join(import.meta.dirname, 'webgpu-cases-process.ts'), names, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  let lastWords = ''
  child.stderr?.on('data', (text: Buffer) => (lastWords = (lastWords + text.toString()).slice(-4000)))
  child.on('message', (message) => {
    const report = message as CaseReport // Only the process above sends any.
    reports.get(report.caseName)?.resolve(report)
  })
  child.on('close', (code, signal) => {
    for (const [name, { promise, reject }] of reports) {
      promise.catch(() => undefined) // asked for or not
      reject(new Error(`the process ended with ${signal ?? code ?? 'nothing'} before ${name}: ${lastWords}`))
    }
  })
  return {
    report: (name) => reports.get(name)?.promise ?? Promise.reject(new Error(`no case ${name}`)),
    kill: () => void child.kill('SIGKILL'),
  }
}
