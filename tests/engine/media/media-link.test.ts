import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import type { MediaLink, MediaLinkOptions } from '../../../engine/media/protocol/media-link.ts'
import type { LinkState } from '../../../engine/process/process-link.ts'
import { gradient } from '../image-codec/test-pictures.ts'
import { hugePng, tinyPng } from '../image/png/tiny-png.ts'

const texts = [{ keyword: 'parameters', text: 'a cat' }]
const picture = gradient(64, 48)
const small = tinyPng()
/** 196 MB when decoded with alpha. */
const large = hugePng(7000, 7000)

describe('the media process', () => {
  const link = openMediaLink()
  afterAll(() => link.close())

  it('encodes, inspects, decodes, shrinks and hashes', async () => {
    const file = await link.call('encode', { picture, encoding: { format: 'png' }, texts })
    const facts = { format: 'png', width: 64, height: 48, hasAlpha: false, texts, skipped: [] }
    expect(await link.call('inspect', { file })).toEqual(facts)
    expect(await link.call('decode', { file, as: 'rgb' })).toEqual({ ...picture, data: Buffer.from(picture.data) })
    expect(await link.call('thumbnail', { file, side: 32 })).toMatchObject({ width: 32, height: 24 })
    expect(await link.call('hash', { file })).toBe(createHash('sha256').update(file).digest('hex'))
  })

  it('refuses what is no picture and lives on', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
    await expect(link.call('decode', { file: svg, as: 'rgb' })).rejects.toMatchObject({ code: 'format-unsupported' })
    const pid = link.pid()
    const cut = small.subarray(0, 40)
    await expect(link.call('inspect', { file: cut })).rejects.toMatchObject({ code: 'file-malformed' })
    expect(link.pid()).toBe(pid)
  })

  it('drops a picture that is cancelled while it waits', async () => {
    const controller = new AbortController()
    const first = link.call('decode', { file: small, as: 'rgb' })
    const second = link.call('decode', { file: small, as: 'rgb' }, controller.signal)
    controller.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    expect(await first).toMatchObject({ width: 2 })
  })
})

describe('a media process that dies', () => {
  const open: MediaLink[] = []
  const media = (options: MediaLinkOptions = {}): MediaLink => {
    const link = openMediaLink(options)
    open.push(link)
    return link
  }
  afterEach(async () => {
    await Promise.all(open.splice(0).map((link) => link.close()))
  })

  it('was killed because a picture took too long, and the next picture gets a new one', async () => {
    // More than a minute's work on two cores; the small one after it is given the same time.
    const link = media({ timeoutMs: 3000 })
    const noise = { width: 2048, height: 2048, channels: 3, data: randomBytes(2048 * 2048 * 3) } as const
    const slow = link.call('encode', { picture: noise, encoding: { format: 'avif', lossless: true }, texts })
    const next = link.call('hash', { file: small })
    await expect(slow).rejects.toMatchObject({ code: 'engine-stopped', facts: { reason: 'timeout' } })
    expect(await next).toMatch(/^[0-9a-f]{64}$/)
  })

  it('ended itself over a picture that needs too much memory, and says why', async () => {
    const link = media({ memoryMb: 160 })
    const fatal = link.call('decode', { file: large, as: 'rgba' })
    const next = link.call('decode', { file: small, as: 'rgb' })
    await expect(fatal).rejects.toMatchObject({ code: 'out-of-memory', facts: { limitMb: 160 } })
    expect(await next).toMatchObject({ width: 2, height: 2 })
  })

  it('was killed in the middle of a picture: that one fails with the cause, the others go on', async () => {
    const states: LinkState['kind'][] = []
    const link = media({ onState: ({ kind }) => states.push(kind) })
    await link.call('hash', { file: small })
    const pid = link.pid() ?? 0
    const killed = link.call('decode', { file: large, as: 'rgba' })
    const others = [1, 2, 3].map(() => link.call('decode', { file: small, as: 'rgb' }))
    process.kill(pid, 'SIGKILL')
    await expect(killed).rejects.toMatchObject({ code: 'engine-stopped', facts: { reason: 'died' } })
    expect(await Promise.all(others)).toHaveLength(3)
    expect(states).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready'])
    expect(link.pid()).not.toBe(pid)
  })

  it('takes only so many pictures at a time', async () => {
    const link = media({ maxWaiting: 1 })
    const first = link.call('hash', { file: small })
    await expect(link.call('hash', { file: small })).rejects.toMatchObject({ code: 'refused' })
    expect(await first).toHaveLength(64)
  })
})
