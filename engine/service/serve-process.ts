import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { toFailure } from '../contract/failure-record.ts'
import { StudioServer } from './http/http-server.ts'
import { openStudio } from './open-studio.ts'
import type { StudioService } from './studio-service.ts'

/**
 * Entry of the headless studio: serves one library on the loopback address until it is told to stop. Speaks JSON lines on
 * stdout: `{"kind":"listening","url":...}` once, or `{"kind":"failure",...}` and exit code 1. `--device` and
 * `--memory-bytes` are kept as settings of the library.
 */
const { values } = parseArgs({
  options: {
    library: { type: 'string' },
    renderer: { type: 'string' },
    port: { type: 'string', default: '0' },
    device: { type: 'string' },
    'memory-bytes': { type: 'string' },
  },
})

const say = (line: object): void => void writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`)

const listen = async (service: StudioService): Promise<StudioServer> => {
  const { device, 'memory-bytes': memoryBytes, port, renderer } = values
  if (device !== undefined) service.library.settings.set('engine.device', device)
  if (memoryBytes !== undefined) service.library.settings.set('memory.budgetBytes', Number(memoryBytes))
  const options = { service, port: Number(port), ...(renderer === undefined ? {} : { rendererFolder: renderer }) }
  return StudioServer.listen(options)
}

try {
  const service = await openStudio(values.library)
  const server = await listen(service).catch(async (error: unknown) => {
    // Else the next start would take this one for a crash.
    await service.close()
    throw error
  })
  const stop = (): void => {
    void server
      .close()
      .then(() => service.close())
      .then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('disconnect', stop)
  say({ kind: 'listening', url: server.newLaunchUrl(), wasCrash: service.library.wasCrash })
} catch (error) {
  say({ kind: 'failure', ...toFailure(error, 'serve') })
  process.exitCode = 1
}
