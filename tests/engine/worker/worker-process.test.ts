import { afterAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())

const generate = (input: GenerateRequestInput, options: Parameters<typeof worker.call<'generate'>>[2] = {}) =>
  worker.call(
    'generate',
    { request: generateRequestSchema.parse(input), modelPath: starterModelPath(), modelHash: null, seed: '7' },
    options,
  )

const refused: readonly [name: string, input: GenerateRequestInput, code: string, message: string][] = [
  ['an unknown sampler', { prompt: 'a cat', sampler: 'warp' }, 'unknown-name', 'sampler: "warp", expected ddim,'],
  [
    'an unknown schedule',
    { prompt: 'a cat', schedule: 'warp' },
    'unknown-name',
    'schedule: "warp", expected automatic,',
  ],
  [
    'a schedule the sampler cannot use',
    { prompt: 'a cat', sampler: 'ddim', schedule: 'karras' },
    'bad-argument',
    'sampler ddim: schedule "karras", expected ',
  ],
  [
    'a size that is no multiple of the VAE factor',
    { prompt: 'a cat', width: 130, height: 128 },
    'size-not-multiple',
    'size: 130 x 128, expected sides that 8 divides, which starter needs. The nearest is 128 x 128.',
  ],
]

describe('the worker process', () => {
  it('tells each step and keeps the same bits for the same seed', async () => {
    const steps: string[] = []
    const first = await generate(
      { prompt: 'a cat', steps: 3 },
      { onProgress: ({ done, total, stage }) => steps.push(`${stage} ${done}/${total}`) },
    )
    const second = await generate({ prompt: 'a cat', steps: 3 })
    expect(steps).toEqual(['encode 1/5', 'denoise 2/5', 'denoise 3/5', 'denoise 4/5', 'decode 5/5'])
    expect(second.picture).toEqual(first.picture)
  })

  it.each(refused)('refuses %s and goes on', async (_, input, code, message) => {
    await expect(generate(input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
  })

  it('refuses what will not fit into the memory it may use, before loading, and goes on', async () => {
    const request = generateRequestSchema.parse({ prompt: 'a cat', width: 1024, height: 1024, steps: 1 })
    const args = { request, modelPath: starterModelPath(), modelHash: null, seed: '7' }
    const stages: string[] = []
    const onProgress = ({ stage }: { readonly stage: string }): void => void stages.push(stage)
    await expect(worker.call('generate', { ...args, memoryBytes: 200e6 }, { onProgress })).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(
        /^memory for a picture of 1024 x 1024: 0\.\d\d GB needed, 0\.\d\d GB available/,
      ) as string,
      facts: { isEstimate: true },
    })
    expect(stages).toEqual([])
    const estimate = await worker.call('estimateMemory', args)
    expect(estimate).toMatchObject({ fits: true, remedy: null })
    await expect(generate({ prompt: 'a cat', steps: 1 })).resolves.toMatchObject({ recipe: { steps: 1 } })
  })

  it('reports a prompt that needs more than one chunk and the words that the model does not know', async () => {
    const { recipe } = await generate({ prompt: `${'a cat '.repeat(30)} xylophone`, steps: 1 })
    expect(recipe.notes).toEqual([
      expect.stringMatching(/^prompt-in-chunks: \d+ tokens in 2 chunks of 46$/),
      'unknown-words: xylophone',
    ])
  })

  it('stops between two steps when it is told to', async () => {
    const controller = new AbortController()
    const stages: string[] = []
    const cancelled = generate(
      { prompt: 'a cat', steps: 150 },
      {
        signal: controller.signal,
        onProgress: ({ stage }) => {
          stages.push(stage)
          if (stages.length === 3) controller.abort()
        },
      },
    )
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    expect(stages).not.toContain('decode')
  })

  it('fails the call it died over and answers the next one', async () => {
    const lost = generate(
      { prompt: 'a cat', steps: 150 },
      {
        onProgress: () => {
          worker.kill('test')
        },
      },
    )
    await expect(lost).rejects.toMatchObject({ code: 'engine-stopped' })
    await expect(generate({ prompt: 'a cat', steps: 1 })).resolves.toMatchObject({ recipe: { steps: 1 } })
  })
})
