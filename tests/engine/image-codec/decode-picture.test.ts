import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodePicture } from '../../../engine/image-codec/decode-picture.ts'
import { inspectPicture } from '../../../engine/image-codec/inspect-picture.ts'
import { makeThumbnail } from '../../../engine/image-codec/make-thumbnail.ts'
import { openPicture, restrictSharp } from '../../../engine/image-codec/open-picture.ts'
import { psnr } from '../../../engine/image/compare.ts'
import { flatten } from '../../../engine/image/pixels.ts'
import { hugePng, tinyPng } from '../image/png/tiny-png.ts'
import { gradient, inSharp } from './test-pictures.ts'

beforeAll(restrictSharp)

const picture = gradient(64, 48)
const failure = (code: string) => expect.objectContaining({ name: 'EngineError', code }) as Error

describe('decoding', () => {
  it.each([
    ['PNG', () => inSharp(picture).png(), Infinity],
    ['interlaced PNG', () => inSharp(picture).png({ progressive: true }), Infinity],
    ['PNG of 16 bits', () => inSharp(picture).toColourspace('rgb16').png(), Infinity],
    ['PNG with a palette', () => inSharp(picture).png({ palette: true }), 30],
    ['JPEG', () => inSharp(picture).jpeg({ quality: 95 }), 38],
    ['progressive JPEG', () => inSharp(picture).jpeg({ quality: 95, progressive: true }), 38],
    ['CMYK JPEG', () => inSharp(picture).toColourspace('cmyk').jpeg({ quality: 95 }), 25],
    ['lossless WebP', () => inSharp(picture).webp({ lossless: true }), Infinity],
    ['AVIF', () => inSharp(picture).avif({ quality: 90 }), 35],
    ['TIFF', () => inSharp(picture).tiff({ compression: 'lzw' }), Infinity],
    ['GIF', () => inSharp(picture).gif(), 25],
  ] as const)('gives the pixels of a %s', async (_, encode, leastDecibels) => {
    const decoded = await decodePicture(await encode().toBuffer(), 'rgb')
    expect(decoded).toMatchObject({ width: 64, height: 48, channels: 3 })
    expect(psnr(decoded, picture)).toBeGreaterThanOrEqual(leastDecibels)
  })

  it('makes three channels of a grey picture, 8 bits of 16', async () => {
    const grey = inSharp(picture).toColourspace('grey16').png()
    const { channels, data } = await decodePicture(await grey.toBuffer(), 'rgb')
    expect([channels, data[0] === data[1] && data[1] === data[2]]).toEqual([3, true])
  })

  it('turns a picture upright by its EXIF orientation', async () => {
    const sideways = await inSharp(picture).withMetadata({ orientation: 6 }).png().toBuffer()
    const turned = await inSharp(picture).rotate(90).raw().toBuffer()
    const decoded = await decodePicture(sideways, 'rgb')
    expect([decoded.width, decoded.height, Buffer.compare(decoded.data, turned)]).toEqual([48, 64, 0])
    expect(await inspectPicture(sideways)).toMatchObject({ width: 48, height: 64 })
    expect(await makeThumbnail(sideways, 32)).toMatchObject({ width: 24, height: 32 })
  })

  it('converts other colour spaces to sRGB by their profile', async () => {
    const wide = await inSharp(picture).withIccProfile('p3').png().toBuffer()
    expect(psnr(await decodePicture(wide, 'rgb'), picture)).toBeGreaterThan(45) // both ways, rounded to 8 bits twice
    const unconverted = await sharp(wide).keepIccProfile().raw().toBuffer()
    expect(psnr({ ...picture, data: unconverted }, picture)).toBeLessThan(45) // the file itself holds other numbers
  })

  it('puts transparent parts on white, or keeps them', async () => {
    const clear = gradient(64, 48, 4)
    const file = await inSharp(clear).png().toBuffer()
    expect(await decodePicture(file, 'rgba')).toEqual({ ...clear, data: Buffer.from(clear.data) })
    expect(psnr(await decodePicture(file, 'rgb'), flatten(clear))).toBeGreaterThan(48) // rounding differs by 1
  })

  it('reads a mask from alpha where anything is transparent, else from brightness', async () => {
    const rgba = (alpha: number) => ({
      width: 2,
      height: 1,
      channels: 4 as const,
      data: Uint8Array.of(30, 60, 90, alpha, 255, 255, 255, 255),
    })
    const maskOf = async (alpha: number) => [
      ...(await decodePicture(await inSharp(rgba(alpha)).png().toBuffer(), 'mask')).data,
    ]
    expect(await maskOf(7)).toEqual([7, 255])
    expect(await maskOf(255)).toEqual([60, 255])
  })

  it.each([
    ['inside', { width: 32, height: 32 }, [32, 24]],
    ['cover', { width: 32, height: 32 }, [32, 32]],
    ['fill', { width: 20, height: 30 }, [20, 30]],
  ] as const)('fits a picture to a size: %s', async (how, size, expected) => {
    const { width, height } = await decodePicture(await inSharp(picture).png().toBuffer(), 'rgb', { ...size, how })
    expect([width, height]).toEqual(expected)
  })

  it('takes the first of many frames', async () => {
    const frames = [gradient(16, 16), gradient(16, 16)].map(({ data }) => data)
    const animated = sharp(Buffer.concat(frames), { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } }).gif({
      loop: 0,
    })
    expect(await decodePicture(await animated.toBuffer(), 'rgb')).toMatchObject({ width: 16, height: 16 })
  })
})

describe('thumbnails', () => {
  it('are small WebPs, never larger than the picture', async () => {
    const file = await inSharp(gradient(640, 480)).png().toBuffer()
    const { file: small, width, height } = await makeThumbnail(file, 256)
    expect([width, height, Buffer.from(small.subarray(8, 12)).toString()]).toEqual([256, 192, 'WEBP'])
    expect(await makeThumbnail(await inSharp(picture).png().toBuffer(), 256)).toMatchObject({ width: 64, height: 48 })
  })
})

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'

describe('what is not a picture', () => {
  it.each([
    ['SVG', svg],
    ['SVG behind a byte-order mark', `\ufeff<?xml version="1.0"?>\n${svg}`],
    ['SVG behind a comment', `<!-- a -->${svg}`],
    ['HTML', '<!DOCTYPE html><script>alert(1)</script>'],
    ['PDF', '%PDF-1.7\n'],
    ['pickle', '\x80\x02}q\x00.'],
    ['BMP', 'BM\0\0\0\0'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0heic'],
    ['text', 'hello world'],
    ['nothing', ''],
  ])('is refused by its bytes: %s', async (_, text) => {
    const file = Buffer.from(text, text.startsWith('\ufeff') ? 'utf8' : 'latin1')
    await expect(async () => decodePicture(file, 'rgb')).rejects.toThrow(failure('format-unsupported'))
    await expect(async () => inspectPicture(file)).rejects.toThrow(failure('format-unsupported'))
    await expect(async () => makeThumbnail(file, 64)).rejects.toThrow(failure('format-unsupported'))
  })

  it('is refused by the codec too, should its bytes lie', async () => {
    await expect(sharp(Buffer.from(svg)).png().toBuffer()).rejects.toThrow('unsupported image format')
    await expect(sharp('package.json').metadata()).rejects.toThrow('unsupported')
  })
})

const claims = (width: number, height: number): Uint8Array => {
  const png = tinyPng()
  const view = new DataView(png.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return png
}

describe('bombs', () => {
  it('of too many pixels are refused before they are decoded', async () => {
    const file = hugePng(10_000, 6000)
    expect(file.length).toBeLessThan(100_000)
    const before = process.memoryUsage().rss
    for (const act of [() => decodePicture(file, 'rgb'), () => inspectPicture(file), () => makeThumbnail(file, 64)]) {
      await expect(act()).rejects.toThrow(failure('file-unsafe'))
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20) // decoded it would take 180 MB each time
  })

  it('of one endless row are refused', async () => {
    const file = hugePng(70_000, 1)
    for (const act of [() => decodePicture(file, 'rgb'), () => inspectPicture(file)]) {
      await expect(act()).rejects.toThrow(failure('file-unsafe'))
    }
  })

  it.each([
    [100_000, 100_000],
    [0x7fffffff, 0x7fffffff],
    [1, 0x7fffffff],
    [0, 5],
  ])('that only claim a size are refused: %i x %i', async (width, height) => {
    await expect(decodePicture(claims(width, height), 'rgb')).rejects.toThrow(
      failure(expect.stringMatching(/^file-/) as string),
    )
  })

  it.each(['png', 'jpeg', 'webp', 'avif', 'tiff', 'gif'] as const)(
    'and cut-off files are refused: %s',
    async (format) => {
      const whole = await inSharp(gradient(128, 128)).toFormat(format).toBuffer()
      await expect(decodePicture(whole.subarray(0, Math.floor(whole.length * 0.6)), 'rgb')).rejects.toThrow(
        failure('file-malformed'),
      )
    },
  )

  it('never run longer than allowed', () => {
    expect(openPicture(tinyPng()).clone()).toHaveProperty('options.timeoutSeconds', 8)
  })
})
