import { safetensorsBytes } from './safetensors-bytes.ts'

/** Numbers from 0 up to below 1, the same for the same seed (mulberry32). */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

const below = (random: Random, limit: number): number => Math.floor(random() * limit)
const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item =>
  items[below(random, items.length)] ?? items[0]

const dtypes = ['F32', 'F16', 'BF16', 'I64', 'U8', 'BOOL', 'F8_E4M3', 'F4'] as const
const bits: Readonly<Record<string, number>> = {
  F32: 32,
  F16: 16,
  BF16: 16,
  I64: 64,
  U8: 8,
  BOOL: 8,
  F8_E4M3: 8,
  F4: 4,
}
const oddNumbers = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '007',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '1e999',
] as const
const oddTexts = [
  '"__proto__"',
  '"\\ud800"',
  '"\\u0000"',
  'null',
  '[[[[',
  '{"a":{}}',
  '"dtype"',
  '\u00a0',
  ',',
  ':',
  '}',
] as const

/** One file after one to three mutations that know the format, then the bytes as they would lie on disk. */
export const mutatedFile = (random: Random): Uint8Array => {
  const { members, dataBytes } = goodMembers(random)
  let header = `{${members.map((member) => mutateMember(random, member)).join(',')}}`
  if (random() < 0.15 && members[0] !== undefined) header = `{${[...members, members[0]].join(',')}}`
  if (random() < 0.4) header = mutateText(random, header)
  const bytes = safetensorsBytes(header, random() < 0.15 ? below(random, 200) : dataBytes)
  return random() < 0.3 ? mutateBytes(random, bytes) : bytes
}

const goodMembers = (random: Random): { members: string[]; dataBytes: number } => {
  const members = random() < 0.3 ? ['"__metadata__":{"format":"pt"}'] : []
  let offset = 0
  for (let i = below(random, 6); i >= 0; i -= 1) {
    const dtype = oneOf(random, dtypes)
    const shape = Array.from({ length: below(random, 4) }, () => 2 * below(random, 4))
    const size = Math.floor((shape.reduce((product, side) => product * side, 1) * (bits[dtype] ?? 8)) / 8)
    members.push(
      `"layer.${i}":{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${offset},${offset + size}]}`,
    )
    offset += size
  }
  return { members: random() < 0.3 ? members.reverse() : members, dataBytes: offset }
}

const mutateMember = (random: Random, member: string): string => {
  if (random() < 0.85) return member
  const numbers = [...member.matchAll(/\d+/g)]
  const hit = numbers[below(random, numbers.length)]
  const kind = below(random, 5)
  if (kind === 0) return member.replace(/"(F32|F16|BF16|I64|U8|BOOL)"/, `"${oneOf(random, dtypes)}"`)
  if (kind === 1) return member.replace(/,"(shape|data_offsets)":\[[^\]]*\]/, '')
  if (kind === 2)
    return member.replace('"shape"', `"${oneOf(random, ['dtype', 'shapes', '__proto__', 'data_offsets'])}"`)
  if (kind === 3) return member.replace(/"[^"]*"/, () => oneOf(random, oddTexts))
  if (hit === undefined) return member
  const end = hit.index + hit[0].length
  return member.slice(0, hit.index) + oneOf(random, oddNumbers) + member.slice(end)
}

const mutateText = (random: Random, text: string): string => {
  const at = below(random, text.length)
  const to = Math.min(text.length, at + 1 + below(random, 12))
  const kind = below(random, 5)
  if (kind === 0) return text.slice(0, at) + text.slice(to)
  if (kind === 1) return text.slice(0, to) + text.slice(at)
  if (kind === 2) return text.slice(0, at)
  if (kind === 3) return text + ' '.repeat(below(random, 30))
  return text.slice(0, at) + oneOf(random, oddTexts) + text.slice(at)
}

const mutateBytes = (random: Random, bytes: Uint8Array): Uint8Array => {
  const kind = below(random, 3)
  if (kind === 0) return bytes.slice(0, below(random, bytes.length))
  const copy = bytes.slice()
  const at = below(random, kind === 1 ? 8 : bytes.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8))
  return copy
}
