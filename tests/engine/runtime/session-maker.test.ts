import { describe, expect, it } from 'vitest'
import { cpuDevice } from '../../../engine/runtime/devices/device.ts'
import { sessionMaker, type SessionMemory } from '../../../engine/runtime/session-maker.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { residualTower } from '../autodiff/residual-tower.ts'

const kept = residualTower(64, 'kept')
const forms = { kept: () => kept.graph, recomputed: () => residualTower(64, 'recomputed').graph }
const fixed = (bytes: number) => ({ availableBytes: () => bytes, wholeBytes: () => bytes })

/** Makes the session of a gradient where so many bytes are free, and runs it once. */
const makeWith = async (availableBytes: number, makeRoom = () => Promise.resolve(false)) => {
  const told: SessionMemory[] = []
  const make = sessionMaker({
    device: cpuDevice,
    threads: 1,
    budget: fixed(availableBytes),
    isBig: false,
    partFlops: Infinity,
    onMemory: (memory) => told.push(memory),
  })
  const session = await make({ kind: 'unet', forms, alive: 0, makeRoom, forget: () => Promise.resolve() })
  const outputs = await session.run(kept.feeds)
  await session.release()
  const [memory] = told
  if (memory === undefined) throw new Error('no memory was told')
  return { outputs, memory }
}

describe('a session with a gradient', () => {
  it('keeps activations where there is room, computes them again where there is not, and says which', async () => {
    const roomy = await makeWith(1e12)
    expect(roomy.memory).toMatchObject({ weights: 'copied', activations: 'kept', availableBytes: 1e12 })
    const tight = await makeWith(roomy.memory.predictedBytes - 1)
    expect(tight.memory).toMatchObject({ weights: 'copied', activations: 'recomputed' })
    expect(tight.memory.predictedBytes).toBeLessThan(0.6 * roomy.memory.predictedBytes)
    // The same arithmetic in another order of memory: only the order of sums may differ.
    expect(relativeError(tight.outputs['grad.x']?.data ?? [], roomy.outputs['grad.x']?.data ?? [1])).toBeLessThan(1e-5)
  })

  it('is refused with both numbers when nothing helps, after others have left', async () => {
    const leaving = [true, true, false]
    const failure = makeWith(1e6, () => Promise.resolve(leaving.shift() ?? false))
    await expect(failure).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(
        /^memory for gradient: 0\.\d\d GB needed, 0\.00 GB available, expected to fit into memory\. Close other apps: 0\.\d\d GB are missing\./,
      ) as string,
      facts: { availableBytes: 1e6 },
    })
    expect(leaving).toEqual([])
  })
})
