import { describe, expect, it } from 'vitest'
import { parseSafetensors } from '../../../engine/checkpoint/safetensors.ts'
import { failureOf } from './failure-of.ts'
import { safetensorsBytes } from './safetensors-bytes.ts'

const tensor = (shape: string, begin: number, end: number, dtype = 'F32'): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`

describe('a good header', () => {
  it('gives every tensor with its bytes, in their order, and the metadata', () => {
    const header = `{"b":${tensor('[2,2]', 4, 20)},"__metadata__":{"format":"pt","ä\\n":"\\u20ac"},"a":${tensor('[]', 0, 4)}}   `
    const { metadata, tensors } = parseSafetensors(safetensorsBytes(header, 20), 'model')
    const start = 8 + Buffer.byteLength(header)
    expect([...tensors.values()]).toEqual([
      { name: 'a', dtype: 'F32', shape: [], byteOffset: start, byteLength: 4 },
      { name: 'b', dtype: 'F32', shape: [2, 2], byteOffset: start + 4, byteLength: 16 },
    ])
    expect([...metadata]).toEqual([
      ['format', 'pt'],
      ['ä\n', '€'],
    ])
  })

  it.each([
    ['no tensors', '{}', 0],
    [
      'an empty tensor between two others',
      `{"a":${tensor('[1]', 0, 4)},"b":${tensor('[0]', 4, 4)},"c":${tensor('[1]', 4, 8)}}`,
      8,
    ],
    ['an 8-bit float that nothing needs', `{"a":${tensor('[3]', 0, 3, 'F8_E4M3')}}`, 3],
    ['names of Object.prototype', `{"constructor":${tensor('[1]', 0, 4)},"toString":${tensor('[1]', 4, 8)}}`, 8],
    ['the largest whole number', `{"a":${tensor('[0,9007199254740991]', 0, 0)}}`, 0],
    ['4-bit numbers that fill bytes', `{"a":${tensor('[4]', 0, 2, 'F4')}}`, 2],
  ])('is accepted with %s', (_, header, dataBytes) => {
    expect(parseSafetensors(safetensorsBytes(header, dataBytes), 'model').metadata.size).toBe(0)
  })
})

describe('a bad header', () => {
  const one = tensor('[1]', 0, 4)
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ['an array', '[]', 0, /does not begin with a brace/],
    ['white space first', ' {}', 0, /does not begin with a brace/],
    ['a byte order mark', '\ufeff{}', 0, /does not begin with a brace/],
    ['nothing', '', 0, /does not begin with a brace/],
    ['text that is not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7d), 0, /not text/],
    ['two values', '{}{}', 0, /nothing but spaces/],
    ['a comma at the end', `{"a":${one},}`, 4, /"}"/],
    ['a tensor twice', `{"a":${one},"a":${tensor('[1]', 4, 8)}}`, 8, /the tensor "a" twice/],
    ['a tensor twice, once escaped', `{"a":${one},"\\u0061":${tensor('[1]', 4, 8)}}`, 8, /the tensor "a" twice/],
    ['metadata twice', '{"__metadata__":{},"__metadata__":{}}', 0, /"__metadata__" twice/],
    ['a property twice', '{"__metadata__":{"a":"1","a":"2"}}', 0, /property "a" twice/],
    ['a number as property', '{"__metadata__":{"a":1}}', 0, /expected """/],
    ['a member twice', '{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4, /member "dtype"/],
    ['an unknown member', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4, /member "x"/],
    ['a missing member', '{"a":{"dtype":"F32","shape":[1]}}', 4, /without type, shape or offsets/],
    ['__proto__', `{"__proto__":${one}}`, 4, /"__proto__"/],
    ['__proto__ as member', `{"a":{"__proto__":{},"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, /"__proto__"/],
    ['an unknown type', `{"a":${tensor('[1]', 0, 4, 'Q4')}}`, 4, /the type "Q4"/],
    ['a type of Object.prototype', `{"a":${tensor('[1]', 0, 4, 'constructor')}}`, 4, /the type "constructor"/],
    ['a number above 2^53 - 1', `{"a":${tensor('[9007199254740993]', 0, 4)}}`, 4, /2\^53/],
    ['a negative number', `{"a":${tensor('[-1]', 0, 4)}}`, 4, /"-"/],
    ['a fraction', `{"a":${tensor('[1.0]', 0, 4)}}`, 4, /whole number/],
    ['an exponent', `{"a":${tensor('[1e0]', 0, 4)}}`, 4, /whole number/],
    ['a leading zero', `{"a":${tensor('[01]', 0, 4)}}`, 4, /whole number/],
    ['a shape whose size overflows', `{"a":${tensor('[4294967296,4294967296]', 0, 4)}}`, 4, /the size of its shape/],
    ['an overflow hidden by a zero', `{"a":${tensor('[4294967296,4294967296,0]', 0, 0)}}`, 0, /the size of its shape/],
    ['too many dimensions', `{"a":${tensor('[1,1,1,1,1,1,1,1,1]', 0, 4)}}`, 4, /more than 8 numbers/],
    ['three offsets', `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, 4, /more than 2 numbers/],
    ['offsets in wrong order', `{"a":${tensor('[1]', 4, 0)}}`, 4, /before its beginning/],
    ['a size that disagrees', `{"a":${tensor('[2]', 0, 4)}}`, 4, /4 bytes for F32 \[2\]/],
    ['4-bit numbers that end inside a byte', `{"a":${tensor('[3]', 0, 1, 'F4')}}`, 1, /the size of its shape/],
    ['a hole at the start', `{"a":${tensor('[1]', 4, 8)}}`, 8, /no hole, no overlap/],
    ['a hole', `{"a":${one},"b":${tensor('[1]', 8, 12)}}`, 12, /no hole, no overlap/],
    ['an overlap', `{"a":${tensor('[2]', 0, 8)},"b":${tensor('[2]', 4, 12)}}`, 12, /no hole, no overlap/],
    ['two names for the same bytes', `{"a":${one},"b":${one}}`, 4, /no hole, no overlap/],
    ['data that end too early', `{"a":${tensor('[2]', 0, 8)}}`, 7, /a file of \d+ bytes/],
    ['bytes after the data', `{"a":${one}}`, 5, /a file of \d+ bytes/],
    ['a name that is too long', `{"${'é'.repeat(257)}":${one}}`, 4, /name that is too long/],
    ['half a surrogate pair', `{"\\ud800":${one}}`, 4, /surrogate/],
    ['a control character', `{"a\u0000":${one}}`, 4, /control character/],
    ['a wrong escape', `{"\\x":${one}}`, 4, /escape/],
    ['an unclosed string', '{"a', 0, /closing quotation mark/],
    ['an unclosed escape', '{"a\\', 0, /closing quotation mark/],
  ])('is refused with %s', async (_, header, dataBytes, message) => {
    const bytes = safetensorsBytes(header, dataBytes)
    const failure = await failureOf(() => parseSafetensors(bytes, 'model.safetensors'))
    expect(failure.code).toBe('file-malformed')
    expect(failure.message).toMatch(message)
  })

  it('is refused with more properties than the limit', async () => {
    const properties = Array.from({ length: 10_001 }, (_, i) => `"${i}":""`)
    const bytes = safetensorsBytes(`{"__metadata__":{${properties.join()}}}`, 0)
    expect((await failureOf(() => parseSafetensors(bytes, 'model'))).message).toMatch(/too many properties/)
  })

  it('is refused with more tensors than the limit', async () => {
    const members = Array.from({ length: 100_001 }, (_, i) => `"${i}":${tensor('[0]', 0, 0)}`)
    const bytes = safetensorsBytes(`{${members.join()}}`, 0)
    const failure = await failureOf(() => parseSafetensors(bytes, 'model.safetensors'))
    expect(failure.message).toMatch(/too many tensors/)
  })
})

describe('a bad length', () => {
  const withLength = (length: bigint, fileSize: number): Uint8Array => {
    const bytes = new Uint8Array(fileSize)
    new DataView(bytes.buffer).setBigUint64(0, length, true)
    return bytes
  }
  it.each([
    ['is missing', new Uint8Array(7), /7 bytes, expected at least 8/],
    ['is above the limit', withLength(16n * 1024n * 1024n + 1n, 20), /16777217 bytes, expected at most 16777216/],
    ['is the largest number', withLength(2n ** 64n - 1n, 20), /18446744073709551615/],
    ['reaches beyond the file', withLength(13n, 20), /a header of 13 bytes in a file of 20/],
  ])('is refused when it %s', async (_, bytes, message) => {
    const failure = await failureOf(() => parseSafetensors(bytes, 'model.safetensors'))
    expect(failure.code).toBe('file-malformed')
    expect(failure.message).toMatch(message)
  })
})
