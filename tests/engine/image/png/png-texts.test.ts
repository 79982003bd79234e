import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeChunks, encodeChunk, isIntact, readChunks } from '../../../../engine/image/png/png-chunks.ts'
import { encodeText, readTexts, textLimits } from '../../../../engine/image/png/png-texts.ts'
import { rawText, tinyPng } from './tiny-png.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const typesOf = (png: Uint8Array): string =>
  readChunks(png)
    .chunks.map(({ type }) => type)
    .join(' ')
const one = (chunk: Uint8Array) => readTexts(tinyPng([chunk]))

describe('chunks', () => {
  it('are walked to the end, with right CRCs', () => {
    const png = tinyPng()
    const { chunks, end } = readChunks(png)
    expect([typesOf(png), end]).toEqual(['IHDR IDAT IEND', 'whole'])
    expect(chunks.every((chunk) => isIntact(png, chunk))).toBe(true)
  })

  it('are inserted before the pixels and taken out by type, while the rest stays byte for byte', () => {
    const png = tinyPng([encodeChunk('tEXt', utf8('a\0b'))], [encodeChunk('tIME', new Uint8Array(7))])
    const changed = changeChunks(png, {
      insert: [encodeText({ keyword: 'new', text: 'text' })],
      keep: ({ type }) => type !== 'tEXt' && type !== 'IDAT',
    })
    expect(typesOf(changed)).toBe('IHDR tEXt IDAT tIME IEND')
    expect(changeChunks(changed, { keep: () => false })).toEqual(tinyPng())
  })

  it.each([
    ['cut in the middle', tinyPng().subarray(0, 50)],
    ['without an end', tinyPng().subarray(0, -12)],
    ['that is none', utf8('not a picture at all')],
    ['with a length beyond the file', tinyPng().map((byte, i) => (i === 33 ? 0x7f : byte))],
    ['with a type of no letters', tinyPng().map((byte, i) => (i === 37 ? 0 : byte))],
    ['of nothing', new Uint8Array()],
  ])('of a file %s end where it does, and nothing is written into it', (_, png) => {
    expect(readChunks(png).end).not.toBe('whole')
    expect(() => changeChunks(png, {})).toThrow(expect.objectContaining({ code: 'file-malformed' }) as Error)
  })
})

describe('texts', () => {
  it.each([
    ['tEXt', false, 'plain ascii, "quoted"\nsecond line'],
    ['iTXt', false, 'Katze, кошка, 猫, 🐈'],
    ['iTXt', true, 'long '.repeat(1000)],
    ['tEXt', false, ''],
  ])('come back as they were written: %s, compressed %s', (type, compress, text) => {
    const png = tinyPng([encodeText({ keyword: 'parameters', text }, { compress })])
    expect(typesOf(png)).toBe(`IHDR ${type} IDAT IEND`)
    expect(readTexts(png)).toEqual({ texts: [{ keyword: 'parameters', text }], skipped: [] })
  })

  it('come back whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.boolean(), (text, compress) => {
        fc.pre(!text.includes('\0'))
        expect(one(encodeText({ keyword: 'k', text }, { compress })).texts).toEqual([{ keyword: 'k', text }])
      }),
      { numRuns: 200 },
    )
  })

  it('of other programs are read in every form they come in', () => {
    const flags = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
    const chunks = [
      rawText('tEXt', 'latin', Uint8Array.of(0x63, 0x61, 0x66, 0xe9)),
      rawText('tEXt', 'utf8', utf8('café')),
      rawText('zTXt', 'small', Buffer.concat([flags(0), deflateSync('café')])),
      rawText('iTXt', 'named', Buffer.concat([flags(0, 0), utf8('fr\0légende\0café')])),
      rawText('iTXt', 'small too', Buffer.concat([flags(1, 0, 0, 0), deflateSync('café')])),
    ]
    expect(readTexts(tinyPng(chunks)).texts.map(({ text }) => text)).toEqual(
      Array.from(chunks, (_, i) => (i === 0 ? 'café' : 'café')),
    )
  })

  it.each([
    [
      'a broken CRC',
      encodeText({ keyword: 'k', text: 'x' }).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)),
    ],
    ['no keyword', encodeChunk('tEXt', utf8('\0text'))],
    ['no end of the keyword', encodeChunk('tEXt', utf8('text'))],
    ['an unknown compression', rawText('zTXt', 'k', Uint8Array.of(9, 1, 2, 3))],
    ['bytes that do not inflate', rawText('zTXt', 'k', Uint8Array.of(0, 1, 2, 3))],
    ['an iTXt cut short', rawText('iTXt', 'k', Uint8Array.of(0, 0, 65))],
    ['an iTXt flag of 2', rawText('iTXt', 'k', Uint8Array.of(2, 0, 0, 0, 65))],
  ])('with %s are left out and named', (_, chunk) => {
    const { texts, skipped } = readTexts(tinyPng([chunk, encodeText({ keyword: 'good', text: 'still read' })]))
    expect(texts).toEqual([{ keyword: 'good', text: 'still read' }])
    expect(skipped.map(({ reason }) => reason)).toEqual(['damaged'])
  })

  it('that inflate to more than the limit are never inflated beyond it', () => {
    const bomb = deflateSync(Buffer.alloc(100 * 2 ** 20))
    const chunks = Array.from({ length: 50 }, () => rawText('zTXt', 'bomb', Buffer.concat([Uint8Array.of(0), bomb])))
    const before = process.memoryUsage().rss
    const { texts, skipped } = readTexts(tinyPng(chunks))
    expect([texts.length, skipped.length, skipped[0]?.reason]).toEqual([0, 50, 'too-large'])
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20) // 50 bombs would be 5 GB
  })

  it('share one budget and one count', () => {
    const chunks = Array.from({ length: 9 }, (_, i) => encodeText({ keyword: `k${i}`, text: 'x'.repeat(400) }))
    const limits = { textBytes: 500, totalBytes: 1000, texts: 5 }
    expect(readTexts(tinyPng(chunks), limits).texts).toHaveLength(2)
    expect(readTexts(tinyPng(chunks), { ...limits, totalBytes: 10_000 }).skipped[0]?.reason).toBe('too-many')
    expect(textLimits.totalBytes).toBe(16 * 2 ** 20)
  })

  it.each(['', ' lead', 'trail ', 'a\0b', 'ü', 'k'.repeat(80)])('are not written under the keyword %j', (keyword) => {
    expect(() => encodeText({ keyword, text: '' })).toThrow(expect.objectContaining({ code: 'bad-argument' }) as Error)
  })
})
