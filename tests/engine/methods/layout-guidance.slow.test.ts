import { afterAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { EngineError } from '../../../engine/contract/failures.ts'
import type { LayoutRegion } from '../../../engine/contract/layout.ts'
import { generateRequestSchema, type GenerateRequestInput, type RawPicture } from '../../../engine/contract/records.ts'
import { samplers } from '../../../engine/diffusion/samplers/samplers.ts'
import type { Machine } from '../../../engine/machine/machine.ts'
import { generateImage, type GeneratedImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { intersectionOverUnion, openObjectJudge } from '../../evaluate/judge-objects.ts'

const machine = openMachine(await openModel(starterModelPath()), { threads: 2 })
const judge = await openObjectJudge(starterModelPath())
afterAll(async () => {
  await machine.close()
  await judge.close()
})

interface DrawOptions {
  readonly on?: Machine
  readonly masks?: Readonly<Record<string, RawPicture>>
}

const draw = (input: GenerateRequestInput, { on = machine, masks = {} }: DrawOptions = {}): Promise<GeneratedImage> =>
  generateImage({
    machine: on,
    prompts: promptEncoder(on),
    request: generateRequestSchema.parse({ cfgScale: 5, sampler: 'ddim', ...input }),
    seed: 1n,
    masks,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })

const box = (x: number, y: number, width: number, height: number): LayoutRegion['shape'] => ({
  kind: 'box',
  x,
  y,
  width,
  height,
})
const layoutOf = (...regions: (Pick<LayoutRegion, 'id' | 'phrase' | 'shape'> & Partial<LayoutRegion>)[]) => ({
  version: 1 as const,
  width: 128,
  height: 128,
  regions,
})

const cat = { id: 'cat', phrase: 'a cat', shape: box(0, 64, 56, 56) }
const pizza = { id: 'pizza', phrase: 'a pizza', shape: box(72, 8, 48, 48) }
const scene = { prompt: 'a cat and a pizza on a beach', layout: layoutOf(cat, pizza) }

/** Mean over regions of the IoU between painted box and the object's pixels. */
const overlapOf = async (picture: RawPicture): Promise<number> => {
  const classes = await judge.classesOf(picture)
  const overlaps = [cat, pizza].map(({ shape }, i) => {
    if (shape.kind !== 'box') return 0
    const wanted = judge.classes.indexOf(['cat', 'pizza'][i] ?? '')
    const isInside = (pixel: number): boolean => {
      const [x, y] = [pixel % judge.side, Math.floor(pixel / judge.side)]
      return x >= shape.x && x < shape.x + shape.width && y >= shape.y && y < shape.y + shape.height
    }
    return intersectionOverUnion(isInside, (pixel) => classes[pixel] === wanted, classes.length)
  })
  return (overlaps[0] ?? 0) / 2 + (overlaps[1] ?? 0) / 2
}

describe('painted regions', () => {
  it('are obeyed when both ways of steering are on, and hardly without', async () => {
    const unguided = await draw({ ...scene, steering: 'none' })
    const both = await draw({ ...scene, steering: 'both' })
    // Over many layouts the means are 0.1 and 0.7 (docs/methods/layout.md); a single one scatters by about 0.15.
    expect(await overlapOf(both.picture)).toBeGreaterThan((await overlapOf(unguided.picture)) + 0.3)
    expect(both.coverage.map(({ id }) => id)).toEqual(['cat', 'pizza'])
    for (const [i, region] of both.coverage.entries())
      expect(region.fill).toBeGreaterThan(unguided.coverage[i]?.fill ?? 1)
  }, 120_000)

  it('are obeyed by composition of the scene', async () => {
    const unguided = await draw({ ...scene, steering: 'none' })
    const composed = await draw({ ...scene, steering: 'csg' })
    // Over many layouts the means are 0.1 and 0.5 (docs/methods/layout.md).
    expect(await overlapOf(composed.picture)).toBeGreaterThan((await overlapOf(unguided.picture)) + 0.2)
  }, 120_000)

  it.each(samplers.map(({ id }) => id))(
    'are filled better by the gradient alone with %s',
    async (sampler) => {
      const fillOf = async (steering: 'none' | 'zest'): Promise<number> => {
        // LCM's pictures of a model that was not distilled for it fall apart at common guidance scales.
        const cfgScale = sampler === 'lcm' ? 1.5 : 5
        const { coverage } = await draw({ ...scene, sampler, steps: 10, cfgScale, steering })
        return coverage.reduce((sum, { fill }) => sum + fill / coverage.length, 0)
      }
      expect(await fillOf('zest')).toBeGreaterThan((await fillOf('none')) + 0.2)
    },
    120_000,
  )

  it('appends a phrase that the prompt lacks, and says so', async () => {
    const { notes } = await draw({ prompt: 'a beach', layout: layoutOf(cat), steps: 2 })
    expect(notes).toContain('region-phrase-appended: a cat')
  }, 60_000)

  it('reports a region too small to be seen', async () => {
    const { notes } = await draw({ prompt: 'a cat', layout: layoutOf({ ...cat, shape: box(0, 0, 8, 8) }), steps: 2 })
    expect(notes).toEqual(['region-small: "cat" has 1.0 cells of 16 x 16'])
  }, 60_000)

  it('can be thirty, can be everything, and may come twice in the prompt', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ ...cat, id: `${i}`, shape: box(i * 4, i * 4, 12, 12) }))
    await expect(draw({ prompt: 'a cat', layout: layoutOf(...many), steps: 2 })).resolves.toMatchObject({
      coverage: { length: 30 },
    })
    await expect(
      draw({ prompt: 'a cat', layout: layoutOf({ ...cat, shape: box(0, 0, 128, 128) }), steps: 2 }),
    ).resolves.toBeDefined()
    const second = { ...cat, occurrence: 1 }
    await expect(
      draw({ prompt: 'a cat and a cat', layout: layoutOf(cat, { ...second, id: 'other' }), steps: 2 }),
    ).resolves.toBeDefined()
    await expect(draw({ prompt: 'a cat', layout: layoutOf(second), steps: 2 })).rejects.toThrow(
      'region "cat": occurrence 1 of "a cat", expected one that the prompt has',
    )
  }, 120_000)

  it('refuse a shape that covers nothing', async () => {
    await expect(draw({ prompt: 'a cat', layout: layoutOf({ ...cat, shape: box(200, 200, 20, 20) }) })).rejects.toThrow(
      'region "cat": a shape that covers nothing of the picture',
    )
    const mask = { width: 4, height: 4, channels: 1, data: new Uint8Array(16) } as const
    const layout = layoutOf({ ...cat, shape: { kind: 'mask', file: 'cat.png' } })
    await expect(draw({ prompt: 'a cat', layout }, { masks: { cat: mask } })).rejects.toThrow('covers nothing')
  })

  it('take a mask of another size than the picture', async () => {
    const mask = { width: 3, height: 5, channels: 1, data: new Uint8Array(15).fill(255, 0, 6) } as const
    const layout = layoutOf({ ...cat, shape: { kind: 'mask', file: 'cat.png' } })
    await expect(draw({ prompt: 'a cat', layout, steps: 2 }, { masks: { cat: mask } })).resolves.toBeDefined()
  }, 60_000)

  it('keep the picture so far when the loss is no number any more', async () => {
    let calls = 0
    const failing: Machine = {
      ...machine,
      attend: (call) => {
        calls += 1
        if (calls < 4) return machine.attend(call)
        throw new EngineError('numbers-not-finite', { where: 'region loss', found: 'NaN' })
      },
    }
    const { notes, picture } = await draw({ prompt: 'a cat', layout: layoutOf(cat), steps: 10 }, { on: failing })
    expect(notes).toEqual(['stopped-at-step: 3 of 10: region loss: NaN'])
    expect(new Set(picture.data).size).toBeGreaterThan(10)
  }, 60_000)
})
