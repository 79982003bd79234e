import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { alignRequestSchema, classifyRequestSchema, type AlignRequest } from '../../../engine/contract/align-records.ts'
import type { RawPicture } from '../../../engine/contract/records.ts'
import { intersectionOverUnion } from '../../evaluate/judge-objects.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())

/** A bear and a tree, on a green background. */
const scene = join(starterModelPath(), 'scenes/000')
const bearClass = 4

const pixels = async (file: string): Promise<RawPicture> => {
  const { data, info } = await sharp(await readFile(file))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, data }
}
const image = await pixels(`${scene}.png`)
const mask = await sharp(`${scene}.mask.png`).extractChannel(0).raw().toBuffer()

const align = (request: Partial<AlignRequest>, options: Parameters<typeof worker.call<'align'>>[2] = {}) =>
  worker.call('align', { request: alignRequestSchema.parse(request), modelPath: starterModelPath(), image }, options)

describe('the worker process', () => {
  it('says which words a picture shows, and where', async () => {
    const prompt = 'a bear and a tree, on a green background'
    const aligned = await align({ prompt, words: ['bear', 'tree', 'pizza'], steps: 6, mapSteps: 1 })
    const { report, grids, labels } = aligned
    expect(report.words.map(({ word, isAppended }) => [word, isAppended])).toEqual([
      ['bear', false],
      ['tree', false],
      ['pizza', true],
    ])
    const [bear, tree, pizza] = report.words.map(({ score }) => score.value)
    expect(Math.min(bear ?? 0, tree ?? 0)).toBeGreaterThan(0.05)
    expect(pizza).toBeLessThan(0.02)
    expect(report.words[2]?.score.verdict).toBe('ignored')
    expect(grids.map(({ width, height, heat }) => [width, height, heat.length])).toEqual(
      Array.from({ length: 3 }, () => [16, 16, 256]),
    )
    const overlap = intersectionOverUnion(
      (i) => labels.data[i] === 1,
      (i) => mask[i] === bearClass,
      mask.length,
    )
    // The maps have 16 x 16 cells; 0.8 is the mean over 200 scenes.
    expect(overlap).toBeGreaterThan(0.6)
    expect(labels.data.includes(3)).toBe(false)
  })

  it('finds the prompt that fits', async () => {
    const prompts = ['a bear and a pizza', 'a bear and a tree', 'a whale']
    const request = classifyRequestSchema.parse({ prompts, steps: 4 })
    const { fits } = await worker.call('classify', { request, modelPath: starterModelPath(), image })
    expect(fits.map(({ behind }) => behind.value === 0)).toEqual([false, true, false])
    expect(fits[1]?.posterior.value).toBeGreaterThan(0.9)
  })

  it('stops between two runs when it is told to', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const call = align(
      { prompt: 'a bear', steps: 100 },
      {
        signal: controller.signal,
        onProgress: ({ done }) => {
          seen.push(done)
          if (done === 3) controller.abort()
        },
      },
    )
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen.length).toBeLessThan(20)
  })

  it('refuses a prompt that names nothing and goes on', async () => {
    await expect(align({ prompt: 'the' })).rejects.toMatchObject({ code: 'bad-argument' })
    expect((await align({ prompt: 'a bear', steps: 2, mapSteps: 1 })).report.words).toHaveLength(1)
  })
})
