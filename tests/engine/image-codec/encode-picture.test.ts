import { beforeAll, describe, expect, it } from 'vitest'
import { decodePicture } from '../../../engine/image-codec/decode-picture.ts'
import { encodePicture } from '../../../engine/image-codec/encode-picture.ts'
import { inspectPicture } from '../../../engine/image-codec/inspect-picture.ts'
import { restrictSharp } from '../../../engine/image-codec/open-picture.ts'
import { psnr } from '../../../engine/image/compare.ts'
import { pictureTexts } from '../../../engine/image/metadata/picture-texts.ts'
import { readSettings } from '../../../engine/image/metadata/read-settings.ts'
import { sampleRecipe } from '../image/metadata/sample-recipe.ts'
import { gradient } from './test-pictures.ts'

beforeAll(restrictSharp)

const picture = gradient(96, 64)
const recipe = sampleRecipe({ prompt: 'a secret cat, 猫\nsecond line', negative: 'dogs' })
const own = { version: 1, recipe } as const
const encodings = [
  [{ format: 'png' }, Infinity],
  [{ format: 'jpeg' }, 38],
  [{ format: 'webp' }, 35],
  [{ format: 'webp', lossless: true }, Infinity],
  [{ format: 'avif' }, 35],
] as const

describe.each(encodings)('encoding as %o', (encoding, leastDecibels) => {
  it('keeps pixels and settings', async () => {
    const file = await encodePicture(picture, encoding, pictureTexts(own, 'full'))
    expect(psnr(await decodePicture(file, 'rgb'), picture)).toBeGreaterThanOrEqual(leastDecibels)
    const { format, width, height, texts } = await inspectPicture(file)
    expect([format, width, height]).toEqual([encoding.format, 96, 64])
    const settings = readSettings(texts)
    expect([settings.foreign?.prompt?.value, settings.foreign?.seed?.value]).toEqual([recipe.prompt, recipe.seed])
    expect(settings.sourceType).toBe('trainedAlgorithmicMedia')
    expect(settings.own !== undefined).toBe(encoding.format === 'png')
  })

  it('tells nothing but the mark when shared', async () => {
    const file = await encodePicture(picture, encoding, pictureTexts(own, 'share'))
    const { texts } = await inspectPicture(file)
    expect(readSettings(texts)).toEqual({ own: undefined, foreign: undefined, sourceType: 'trainedAlgorithmicMedia' })
    const raw = Buffer.from(file)
    for (const encodingOfText of ['latin1', 'utf16le'] as const)
      expect(raw.includes(Buffer.from('secret', encodingOfText))).toBe(false)
    expect(raw.includes(Buffer.from('secret', 'utf16le').swap16())).toBe(false)
  })

  it('works without any text', async () => {
    const { texts } = await inspectPicture(await encodePicture(picture, encoding, []))
    expect(texts).toEqual([])
  })
})

it.each([1, 4] as const)('takes pictures of %i channels', async (channels) => {
  const data = new Uint8Array(8 * 8 * channels).fill(120)
  const file = await encodePicture({ width: 8, height: 8, channels, data }, { format: 'png' }, [])
  expect((await decodePicture(file, 'rgba')).data.subarray(0, 4)).toEqual(
    Buffer.from([120, 120, 120, channels === 4 ? 120 : 255]),
  )
})

it('makes transparent parts white in a JPEG', async () => {
  const clear = { width: 8, height: 8, channels: 4, data: new Uint8Array(256) } as const
  const { data } = await decodePicture(await encodePicture(clear, { format: 'jpeg' }, pictureTexts(own, 'full')), 'rgb')
  expect(data.every((byte) => byte === 255)).toBe(true)
})

it('refuses bytes that do not fit the size', async () => {
  const short = { ...picture, data: picture.data.subarray(1) }
  await expect(encodePicture(short, { format: 'png' }, [])).rejects.toMatchObject({ code: 'shape-mismatch' })
})

it('refuses texts that a format cannot hold; a PNG holds any', async () => {
  const wordy = sampleRecipe({ prompt: '猫'.repeat(20_000), negative: '犬'.repeat(20_000) })
  const long = pictureTexts({ version: 1, recipe: wordy }, 'full')
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    await expect(encodePicture(picture, { format }, long)).rejects.toMatchObject({ code: 'bad-argument' })
  }
  const { texts } = await inspectPicture(await encodePicture(picture, { format: 'png' }, long))
  expect(readSettings(texts).foreign?.negative?.value).toHaveLength(20_000)
})
