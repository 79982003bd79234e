import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import { pictureTexts } from '../../../engine/image/metadata/picture-texts.ts'
import { readSettings } from '../../../engine/image/metadata/read-settings.ts'
import { encodeChunk } from '../../../engine/image/png/png-chunks.ts'
import { gradient, inSharp } from '../image-codec/test-pictures.ts'
import { sampleRecipe } from '../image/metadata/sample-recipe.ts'
import { hugePng, rawText, tinyPng } from '../image/png/tiny-png.ts'

const seed = 20261124
const media = openMediaLink()
afterAll(() => media.close())

/** xorshift32: the same mutations in every run. */
const randoms = (start: number): ((below: number) => number) => {
  let state = start
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Bytes changed, cut out, doubled or cut off: what a broken disk or an attacker does to a file. */
const mutate = (file: Buffer, random: (below: number) => number): Buffer => {
  const copy = Buffer.from(file)
  const [at, length] = [random(file.length), 1 + random(64)]
  switch (random(5)) {
    case 0:
      for (let i = 0; i < length; i++) copy[random(copy.length)] = random(256)
      return copy
    case 1:
      return copy.fill([0, 255, random(256)][random(3)] ?? 0, at, Math.min(copy.length, at + length))
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)])
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - length))])
    default:
      return copy.subarray(0, at)
  }
}

interface Outcome {
  readonly kind: 'opened' | 'refused'
  readonly ms: number
}

/** Opens a file in every way there is; anything but pixels or a named refusal fails the test. */
const open = async (file: Buffer): Promise<Outcome> => {
  const start = performance.now()
  const calls = [
    media.call('inspect', { file }),
    media.call('decode', { file, as: 'rgba' }),
    media.call('thumbnail', { file, side: 64 }),
  ]
  const settled = await Promise.allSettled(calls)
  for (const one of settled) {
    if (one.status === 'fulfilled') {
      if ('texts' in one.value) readSettings(one.value.texts)
      continue
    }
    expect(one.reason).toBeInstanceOf(EngineError)
    expect(['file-malformed', 'file-unsafe', 'format-unsupported']).toContain((one.reason as EngineError).code) // see above
  }
  return {
    kind: settled.every(({ status }) => status === 'fulfilled') ? 'opened' : 'refused',
    ms: performance.now() - start,
  }
}

const residentMb = (): number => {
  if (process.platform !== 'linux') return 0
  const status = readFileSync(`/proc/${media.pid() ?? 'self'}/status`, 'latin1')
  return Number(/VmHWM:\s+([0-9]+) kB/.exec(status)?.[1]) / 1024
}

const formats = [
  ['png', 5000],
  ['jpeg', 300],
  ['webp', 300],
  ['avif', 150],
  ['tiff', 150],
  ['gif', 150],
] as const

describe(`mutated pictures, seed ${seed}`, () => {
  beforeAll(() => media.call('hash', { file: tinyPng() }))

  it.each(formats)('cost the process nothing: %s, %i times', { timeout: 600_000 }, async (format, times) => {
    const pid = media.pid()
    const random = randoms(seed)
    const whole = await media.call('encode', {
      picture: gradient(48, 40),
      encoding: { format: format === 'jpeg' || format === 'webp' || format === 'avif' ? format : 'png' },
      texts: [...pictureTexts({ version: 1, recipe: sampleRecipe() }, 'full')],
    })
    const file =
      format === 'tiff' || format === 'gif' ? await sharp(whole).toFormat(format).toBuffer() : Buffer.from(whole)
    const outcomes: Outcome[] = []
    for (let i = 0; i < times; i++) outcomes.push(await open(mutate(file, random)))
    const slowest = Math.max(...outcomes.map(({ ms }) => ms))
    expect({ slow: slowest > 10_000, large: residentMb() > 1024, pid: media.pid() }).toEqual({
      slow: false,
      large: false,
      pid,
    })
    expect(outcomes.filter(({ kind }) => kind === 'refused').length).toBeGreaterThan(times / 10) // the mutations do bite
  })
})

describe('bombs and monsters', () => {
  const text = (bytes: number): Buffer => Buffer.alloc(bytes, 'Steps: 1, "a": {[, ')
  const exif = (block: Buffer): Uint8Array => tinyPng([encodeChunk('eXIf', block)])
  const icc = Buffer.concat([Buffer.from('a\0\0'), Buffer.alloc(1000, 7)])

  it.each<readonly [string, () => Uint8Array | Promise<Uint8Array>]>([
    ['PNG of 49 megapixels', () => hugePng(7000, 7000)],
    ['PNG of 4 gigapixels', () => hugePng(65_000, 65_000)],
    [
      'WebP of 67 megapixels',
      () => inSharp(gradient(1, 1)).resize(8192, 8192, { kernel: 'nearest' }).webp({ effort: 0 }).toBuffer(),
    ],
    [
      'GIF whose header claims 65,535 x 65,535',
      async () => Buffer.from((await inSharp(gradient(4, 4)).gif().toBuffer()).fill(255, 6, 10)),
    ],
    [
      'JPEG of one pixel with 64 KB of comments',
      async () => withComments(await inSharp(gradient(1, 1)).jpeg().toBuffer()),
    ],
    [
      'PNG with 5,000 text chunks',
      () => tinyPng(Array.from({ length: 5000 }, () => rawText('tEXt', 'prompt', text(100)))),
    ],
    ['PNG with 16 MB of text', () => tinyPng([rawText('tEXt', 'parameters', text(16 * 2 ** 20))])],
    ['PNG with 4 MB of open brackets', () => tinyPng([rawText('tEXt', 'prompt', Buffer.alloc(4_000_000, '['))])],
    ['EXIF of ones', () => exif(Buffer.alloc(200_000, 255))],
    ['a profile of garbage', () => tinyPng([encodeChunk('iCCP', icc)])],
    ['a picture behind a picture', () => Buffer.concat([tinyPng(), hugePng(100, 100)])],
  ])('are opened or refused in time and memory: %s', { timeout: 60_000 }, async (_, make) => {
    const pid = media.pid()
    const { ms } = await open(Buffer.from(await make()))
    expect({ slow: ms > 10_000, large: residentMb() > 1024, pid: media.pid() }).toEqual({
      slow: false,
      large: false,
      pid,
    })
  })
})

it('ends the process over EXIF directories that point back without end, on which libexif hangs', async () => {
  const link = openMediaLink({ timeoutMs: 5000 })
  const entries = 'i\x87\x04\0\x01\0\0\0\x08\0\0\0'.repeat(5000)
  const file = tinyPng([encodeChunk('eXIf', Buffer.from(`II*\0\x08\0\0\0\xff\xff${entries}`, 'latin1'))])
  await expect(link.call('decode', { file, as: 'rgb' })).rejects.toMatchObject({ facts: { reason: 'timeout' } })
  expect(await link.call('decode', { file: tinyPng(), as: 'rgb' })).toMatchObject({ width: 2 })
  await link.close()
})

it('answers again after each of 10 kills at odd moments', { timeout: 120_000 }, async () => {
  const random = randoms(seed)
  const large = hugePng(6000, 6000)
  for (let i = 0; i < 10; i++) {
    await media.call('hash', { file: tinyPng() })
    const pid = media.pid() ?? 0
    const hit = media.call('decode', { file: large, as: 'rgba' }).then(
      () => 'done',
      (error: unknown) => (error as EngineError).code, // whatever it is, it is compared
    )
    const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), random(150))
    expect(['engine-stopped', 'done']).toContain(await hit)
    expect(
      await media
        .call('decode', { file: tinyPng(), as: 'rgb' })
        .catch(() => media.call('decode', { file: tinyPng(), as: 'rgb' })),
    ).toMatchObject({ width: 2 })
    clearTimeout(timer)
  }
})

const withComments = (jpeg: Buffer): Buffer => {
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(65_533, 65)])
  return Buffer.concat([jpeg.subarray(0, 2), ...Array.from({ length: 50 }, () => segment), jpeg.subarray(2)])
}
