import { EngineError } from '../../../engine/contract/failures.ts'
import type { MadePicture } from '../../../engine/contract/records.ts'
import { openParentPort } from '../../../engine/process/parent-port.ts'
import { serveCalls } from '../../../engine/process/serve-calls.ts'
import type { Handlers } from '../../../engine/process/serve-calls.ts'
import { workerCalls } from '../../../engine/worker/protocol.ts'
import type { WorkerCalls } from '../../../engine/worker/protocol.ts'
import { someRecipe } from '../library/temporary-library.ts'

/**
 * A real worker process whose pictures are a formula of the seed. Words of the prompt make it misbehave: `die`,
 * `die-on-device` (lives on the CPU), `die-once` (odd process ids live), `fail`, `crowded` (out of memory above 256 px), `slow` (20 ms a step).
 */
const generate: Handlers<WorkerCalls>['generate'] = async (
  { request, seed, modelHash, device },
  { signal, progress },
) => {
  const { prompt, steps, width = 64, height = 64 } = request
  const has = (word: string): boolean => prompt.split(' ').includes(word)
  if (has('fail')) throw new EngineError('numbers-not-finite', { where: 'step 3', found: 'NaN' })
  if (has('crowded') && width > 256) throw new EngineError('out-of-memory', { where: 'unet', found: 'no more memory' })
  for (let done = 1; done <= steps; done++) {
    signal.throwIfAborted()
    if (has('slow')) await new Promise((resolve) => setTimeout(resolve, 20))
    else await new Promise((resolve) => setImmediate(resolve))
    if (has('die-on-device') && device !== 'cpu' && done === 2) process.abort()
    if (has('die') && done === 2) process.kill(process.pid, 'SIGKILL')
    const preview = { width: 8, height: 8, rgb: new Uint8Array(192).fill(done) }
    progress({ done, total: steps, stage: 'denoise', ...(done % 2 === 0 ? { preview } : {}) })
  }
  return picture(request.width ?? 64, height, seed, { ...someRecipe(), prompt, steps, width, height, seed, model: { name: 'analytic', hash: modelHash }, loras: request.loras.map(used) }) // prettier-ignore
}

/** Says where each LoRA lay, so that a test sees what the worker was given. */
const used = ({ id, strength }: { readonly id: string; readonly strength: number }) => ({
  name: id,
  hash: null,
  strength,
  textStrength: strength,
})

const picture = (width: number, height: number, seed: string, recipe: MadePicture['recipe']): MadePicture => {
  const data = new Uint8Array(width * height * 3)
  const factor = Number(BigInt(seed) % 251n) + 1
  for (let index = 0; index < data.length; index++) data[index] = (index * factor) % 256
  return { picture: { width, height, channels: 3, data }, recipe }
}

serveCalls({
  name: 'worker',
  port: openParentPort(),
  calls: { generate: workerCalls.generate },
  handlers: { generate },
})
