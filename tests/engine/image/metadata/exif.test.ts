import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExif, writeUserComment } from '../../../../engine/image/metadata/exif.ts'
import { gatherBlockTexts } from '../../../../engine/image/metadata/gather-texts.ts'

interface TiffEntry {
  readonly tag: number
  readonly type: number
  readonly data: Buffer
}

/** An EXIF block made by hand: these entries in the first directory and those in the Exif directory. */
const tiff = (main: readonly TiffEntry[], inner: readonly TiffEntry[], isLittle: boolean): Buffer => {
  const short = (value: number): Buffer =>
    isLittle ? Buffer.from(Uint16Array.of(value).buffer) : Buffer.from([value >> 8, value & 255])
  const long = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    if (isLittle) bytes.writeUInt32LE(value)
    else bytes.writeUInt32BE(value)
    return bytes
  }
  const tail: Buffer[] = []
  const innerAt = 8 + 2 + (main.length + 1) * 12 + 4
  let tailAt = innerAt + 2 + inner.length * 12 + 4
  const encode = ({ tag, type, data }: TiffEntry): Buffer => {
    const head = [short(tag), short(type), long(data.length)]
    if (data.length <= 4) return Buffer.concat([...head, data, Buffer.alloc(4 - data.length)])
    tail.push(data)
    tailAt += data.length
    return Buffer.concat([...head, long(tailAt - data.length)])
  }
  const pointer = Buffer.concat([short(0x8769), short(4), long(1), long(innerAt)])
  return Buffer.concat([
    Buffer.from(isLittle ? 'II*\0' : 'MM\0*', 'latin1'),
    ...[long(8), short(main.length + 1), ...main.map(encode), pointer, long(0)],
    ...[short(inner.length), ...inner.map(encode), long(0), ...tail],
  ])
}

const comment = (data: Buffer): TiffEntry => ({ tag: 0x9286, type: 7, data })
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from(text, 'utf16le')])
const utf16Big = (text: string): Buffer =>
  Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from(text, 'utf16le').swap16()])

describe('the comment of a user', () => {
  it.each(['a cat', 'Katze 猫 🐈\nNegative prompt: dog', ''])('comes back as it was written: %j', (text) => {
    expect(readExif(writeUserComment(text)).userComment ?? '').toBe(text)
  })

  it.each([
    ['little-endian', tiff([], [comment(utf16('a cat'))], true)],
    ['little-endian in a big-endian block', tiff([], [comment(utf16('a cat'))], false)],
    ['big-endian in a little-endian block', tiff([], [comment(utf16Big('a cat'))], true)],
    ['ASCII', tiff([], [comment(Buffer.from('ASCII\0\0\0a cat'))], true)],
    ['of no declared code', tiff([], [comment(Buffer.from('\0\0\0\0\0\0\0\0a cat\0\0'))], true)],
    ['a plain string, as Fooocus writes it', tiff([], [{ tag: 0x9286, type: 2, data: Buffer.from('a cat\0') }], true)],
    ['in front of which stands "Exif"', Buffer.concat([Buffer.from('Exif\0\0'), writeUserComment('a cat')])],
  ])('is read: %s', (_, block) => {
    expect(readExif(block).userComment).toBe('a cat')
  })
})

it('finds the other texts that programs use', () => {
  const text = (tag: number, value: string): TiffEntry => ({ tag, type: 2, data: Buffer.from(`${value}\0`) })
  const main = [text(0x010f, 'workflow:{"nodes":[]}'), text(0x0110, 'prompt: {"1":{}}'), text(0x0131, 'Some 1.0')]
  const { texts } = gatherBlockTexts({ exif: tiff(main, [text(0x927c, 'fooocus')], true), xmp: Buffer.from('<x/>') })
  expect(texts).toEqual([
    { keyword: 'workflow', text: '{"nodes":[]}' },
    { keyword: 'prompt', text: '{"1":{}}' },
    { keyword: 'Software', text: 'Some 1.0' },
    { keyword: 'XML:com.adobe.xmp', text: '<x/>' },
  ])
})

describe('monsters', () => {
  const endless = Buffer.concat([
    Buffer.from('II*\0', 'latin1'),
    Buffer.from(Uint32Array.of(8).buffer),
    Buffer.alloc(70_000, 0xff),
  ])
  const own = tiff([{ tag: 0x8769, type: 4, data: Buffer.from(Uint32Array.of(8).buffer) }], [], true)
  const liar = Buffer.from(writeUserComment('a cat'))
  liar.writeUInt32BE(0xffffffff, 32)

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a header only', Buffer.from('II*\0', 'latin1')],
    ['65,535 entries of ones', endless],
    ['a directory that points to itself', own],
    ['a directory far outside', Buffer.concat([Buffer.from('MM\0*', 'latin1'), Buffer.from([0xff, 0xff, 0xff, 0xff])])],
  ])('are passed over: %s', (_, block) => {
    expect(readExif(block).userComment).toBeUndefined()
  })

  it('give what is there when a length lies', () => {
    expect(readExif(liar).userComment).toBe('a cat')
  })

  it('never throw, whatever bytes they are', () => {
    const block = fc
      .uint8Array({ maxLength: 300 })
      .map((tail) => Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), tail]))
    fc.assert(
      fc.property(block, (bytes) => void readExif(bytes)),
      { numRuns: 500 },
    )
  })
})
