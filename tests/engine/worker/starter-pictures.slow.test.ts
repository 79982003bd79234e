import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import { psnr } from '../../../engine/image/compare.ts'

const expectedFolder = new URL('../../../models/starter/expected/', import.meta.url)
const recorded = z
  .object({
    pictures: z.array(
      z.object({
        file: z.string(),
        prompt: z.string(),
        seed: z.int(),
        steps: z.int(),
        cfg_scale: z.number(),
        sampler: z.string(),
        schedule: z.string(),
        negative: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(new URL('expected.json', expectedFolder), 'utf8')))

const worker = workerLink(() => undefined)
afterAll(() => worker.close())

describe('the bundled model', () => {
  it.each(recorded.pictures)(
    'draws "$prompt" as diffusers does',
    async ({ file, cfg_scale: cfgScale, seed, ...settings }) => {
      const { prompt, steps, sampler, schedule, negative } = settings
      const request = generateRequestSchema.parse({ prompt, steps, cfgScale, sampler, schedule, negative })
      const args = { request, modelPath: starterModelPath(), modelHash: null, seed: String(seed) }
      const { picture, recipe } = await worker.call('generate', args)
      const { data, info } = await sharp(fileURLToPath(new URL(file, expectedFolder)))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const expected = { width: info.width, height: info.height, channels: 3, data } as const
      // Half a grey level everywhere would be 54 dB; 40 dB is what the pictures must reach on any machine.
      expect(psnr(picture, expected)).toBeGreaterThanOrEqual(40)
      expect(recipe).toMatchObject({
        prompt,
        steps,
        seed: String(seed),
        sampler: 'ddim',
        schedule: 'leading',
        width: 128,
        height: 128,
      })
    },
  )
})
