import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { generateRequestSchema, type GenerateRequestInput, type RawPicture } from '../../../engine/contract/records.ts'
import { samplers } from '../../../engine/diffusion/samplers/samplers.ts'
import type { Machine } from '../../../engine/machine/machine.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'

const files = await openModel(starterModelPath())
const { inpaintingUnet } = files
if (inpaintingUnet === null) throw new Error('the bundled model has a network for inpainting')
const machines = {
  'img2img with its own network': openMachine(files, { threads: 2 }),
  'a network for inpainting': openMachine({ ...files, unet: inpaintingUnet, inpaintingUnet: null }, { threads: 2 }),
}
const plain = machines['img2img with its own network']
afterAll(async () => {
  for (const machine of Object.values(machines)) await machine.close()
})

const side = 128
const isInside = (i: number): boolean => Math.hypot((i % side) - 90, Math.floor(i / side) - 80) < 30
/** A disc. */
const mask: RawPicture = {
  width: side,
  height: side,
  channels: 1,
  data: Uint8Array.from({ length: side * side }, (_, i) => (isInside(i) ? 255 : 0)),
}

interface Start {
  readonly from?: RawPicture
  readonly masks?: readonly RawPicture[]
}

const draw = async (
  machine: Machine,
  input: GenerateRequestInput,
  { from, masks }: Start = {},
): Promise<RawPicture> => {
  const { picture } = await generateImage({
    machine,
    prompts: promptEncoder(machine),
    request: generateRequestSchema.parse({ cfgScale: 5, sampler: 'ddim', ...input }),
    seed: 1n,
    image: from,
    changeMasks: masks,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })
  return picture
}

/** How many pixels differ outside of the mask, and inside. */
const changes = (before: RawPicture, after: RawPicture): { outside: number; inside: number } => {
  const differs = (i: number): boolean => [0, 1, 2].some((c) => before.data[i * 3 + c] !== after.data[i * 3 + c])
  const all = Array.from(mask.data, (_, i) => i).filter(differs)
  const inside = all.filter(isInside).length
  return { outside: all.length - inside, inside }
}

const masked = {
  prompt: 'a cat and a dog on a beach',
  image: { source: '1', strength: 0.8, masks: [{ file: 'disc' }] },
}
const everywhere = { ...masked, image: { source: '1', strength: 0.8 } }

describe('a change inside a mask', { timeout: 60_000 }, () => {
  let from: RawPicture

  beforeAll(async () => {
    from = await draw(plain, { prompt: 'a cat and a pizza on a beach' })
  })

  it.each(Object.entries(machines))('leaves every byte outside as it was: %s', async (_, machine) => {
    const { outside, inside } = changes(from, await draw(machine, masked, { from, masks: [mask] }))
    expect(outside).toBe(0)
    expect(inside).toBeGreaterThan(2000) // of 2809; the soft edge keeps some
  })

  it('changes nearly everything without the mask', async () => {
    const { outside } = changes(from, await draw(plain, everywhere, { from }))
    expect(outside).toBeGreaterThan(12_000) // of 13,575
  })

  it.each(samplers.map(({ id }) => id))('holds with %s', async (sampler) => {
    const schedule = sampler === 'lcm' ? 'leading' : 'automatic'
    const changed = await draw(plain, { ...masked, sampler, schedule, steps: 6 }, { from, masks: [mask] })
    expect(changes(from, changed)).toMatchObject({ outside: 0 })
  })

  it('sees the picture around while it paints: with every step blended the seam is smaller', async () => {
    const blended = await draw(plain, { ...masked, image: { ...masked.image, masks: [{ file: 'disc', feather: 0 }] } }, { from, masks: [mask] }) // prettier-ignore
    const loose = await draw(plain, everywhere, { from })
    const pasted = { ...loose, data: loose.data.map((value, i) => (isInside(Math.floor(i / 3)) ? value : (from.data[i] ?? 0))) } // prettier-ignore
    expect(seam(blended)).toBeLessThan(0.8 * seam(pasted))
  })

  it('steers regions inside it too, with either network', async () => {
    const region = { id: 'dog', phrase: 'a dog', shape: { kind: 'box' as const, x: 66, y: 56, width: 48, height: 48 } }
    const layout = { version: 1 as const, width: side, height: side, regions: [region] }
    for (const machine of Object.values(machines)) {
      const changed = await draw(machine, { ...masked, layout, steps: 6 }, { from, masks: [mask] })
      expect(changes(from, changed)).toMatchObject({ outside: 0 })
    }
  })

  it('paints all of a picture with a network for inpainting where there is no mask', async () => {
    const picture = await draw(machines['a network for inpainting'], { prompt: 'a cat on a meadow' })
    const mean = picture.data.reduce((sum, value) => sum + value, 0) / picture.data.length
    const spread = Math.sqrt(picture.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / picture.data.length)
    expect(spread).toBeGreaterThan(20) // a grey field has none
  })
})

/** Mean step of brightness across the mask's edge, in grey levels. */
const seam = ({ data }: RawPicture): number => {
  const steps = Array.from(mask.data, (_, i) => i)
    .filter((i) => i % side < side - 1 && isInside(i) !== isInside(i + 1))
    .flatMap((i) => [0, 1, 2].map((c) => Math.abs((data[i * 3 + c] ?? 0) - (data[(i + 1) * 3 + c] ?? 0))))
  return steps.reduce((sum, value) => sum + value, 0) / steps.length
}
