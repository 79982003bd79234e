import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { EngineError } from '../../../engine/contract/failures.ts'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import type { AttentionMap, Machine, PredictCall } from '../../../engine/machine/machine.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import type { LoadSession } from '../../../engine/runtime/load-session.ts'
import { openMachine, type OpenMachine } from '../../../engine/runtime/open-machine.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import { SessionPool } from '../../../engine/runtime/session-pool.ts'
import { unetRunner } from '../../../engine/runtime/unet-runner.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'

/** The bundled model: every run of its UNet is counted where ONNX Runtime runs it. */
let files: ModelFiles
let machine: OpenMachine
const pool = new SessionPool({
  capacity: { text: 1, unet: 4, 'vae-decoder': 1, 'vae-encoder': 1 },
  create: ({ forms }) => createSession(lower(cpuTarget)(forms.kept()), { threads: 1 }),
})
let runs: string[] = []
const counted: LoadSession = (kind, key, forms) => {
  const session = pool.get(kind, key, forms)
  return {
    run: (feeds, options) => {
      runs.push(key)
      return session.run(feeds, options)
    },
  }
}
const none = () => ({ key: 'none', attach: <G>(graph: G): G => graph, feeds: () => ({}) })
const runner = (load: LoadSession, alwaysMaps: boolean) =>
  unetRunner({ files: files.unet, load, loras: none, largestBatch: () => 2, alwaysMaps })

beforeAll(async () => {
  files = await openModel(starterModelPath())
  machine = openMachine(files, { threads: 1 })
})
afterAll(async () => {
  await pool.clear()
  await machine.close()
})

const draw = (predict: Machine['predict'], wantsMarks: boolean) => {
  const watched = { ...machine, predict }
  return generateImage({
    machine: watched,
    prompts: promptEncoder(watched),
    request: generateRequestSchema.parse({ prompt: 'a cat and a boat', steps: 6, sampler: 'ddim', cfgScale: 5 }),
    seed: 4n,
    wantsMarks,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })
}

describe('a picture that is watched', () => {
  it.each([{ alwaysMaps: false }, { alwaysMaps: true }])(
    'takes as many runs of the network as one that is not, and has the same pixels ($alwaysMaps)',
    { timeout: 60_000 },
    async ({ alwaysMaps }) => {
      runs = []
      const before = await draw(runner(counted, false), false)
      const plainRuns = runs
      runs = []
      const after = await draw(runner(counted, alwaysMaps), true)
      expect([plainRuns.length, runs.length]).toEqual([6, 6]) // both sides of guidance in one batch
      expect(runs.filter((key) => key.includes('maps'))).toHaveLength(alwaysMaps ? 6 : 2)
      expect(new Set(runs).size).toBe(alwaysMaps ? 1 : 2)
      expect(after.picture).toEqual(before.picture)
      expect(after.marks.map(({ word }) => word)).toEqual(['cat', 'boat'])
    },
  )
})

describe('maps of a prediction', () => {
  const call = (seed: number, timestep: number): PredictCall => ({
    sample: torchRandn([1, machine.traits.latentChannels, 16, 16], seed),
    timestep,
    conditioning: { context: torchRandn([1, 48, files.unet.config.cross_attention_dim], seed + 1) },
  })

  it('are those of its own sample, the other call of the batch being told none', async () => {
    let together: readonly AttentionMap[] = []
    const predict = runner(counted, false)
    await Promise.all([predict(call(1, 100)), predict({ ...call(3, 300), onMaps: (maps) => (together = maps) })])
    const { maps } = await machine.attend({ ...call(3, 300), wantsMaps: true })
    expect(together.map(({ layer }) => layer)).toEqual(maps.map(({ layer }) => layer))
    for (const [i, { probabilities }] of together.entries()) {
      const expected = maps[i]?.probabilities
      expect(probabilities.shape).toEqual(expected?.shape)
      // Probabilities; batches of another size add up in another order.
      const furthest = probabilities.data.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - (expected?.data[place] ?? NaN))),
        0,
      )
      expect(furthest).toBeLessThan(1e-5)
    }
  })

  it('are left out where there is no memory for them', async () => {
    let isTold = false
    const scarce: LoadSession = (kind, key, forms) =>
      key.includes('maps')
        ? { run: () => Promise.reject(new EngineError('out-of-memory', { where: 'unet', found: 'no room' })) }
        : pool.get(kind, key, forms)
    const onMaps = (): void => {
      isTold = true
    }
    const predict = runner(scarce, false)
    const [watched, plain] = [await predict({ ...call(1, 100), onMaps }), await predict(call(1, 100))]
    expect(watched).toEqual(plain)
    expect(isTold).toBe(false)
  })
})
