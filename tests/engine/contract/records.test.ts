import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateRequestSchema, jobRequestSchema } from '../../../engine/contract/records.ts'
import { layoutJsonSchema, layoutSchema } from '../../../engine/contract/layout.ts'
import { insidePathSchema, seedSchema } from '../../../engine/contract/scalars.ts'

describe('generate request', () => {
  it('fills in every default from nothing but a prompt', () => {
    expect(generateRequestSchema.parse({ prompt: 'a red kettle' })).toEqual({
      kind: 'generate',
      prompt: 'a red kettle',
      negative: '',
      steps: 20,
      cfgScale: 7,
      sampler: 'euler',
      schedule: 'automatic',
      count: 1,
      guidance: 'cfg',
      guidanceRescale: 0,
      loras: [],
      steering: 'both',
    })
  })

  it.each([
    ['an unknown field', { promt: 'x' }],
    ['a seed above 2^64 - 1', { seed: '18446744073709551616' }],
    ['a seed as a number', { seed: 5 }],
    ['no steps', { steps: 0 }],
    ['151 steps', { steps: 151 }],
    ['a NUL in the prompt', { prompt: 'a\0b' }],
    ['a carriage return in the prompt', { prompt: 'a\r\nb' }],
    ['a line break in the model', { model: 'a\nb' }],
    ['a size beyond 50 megapixels', { width: 8192, height: 8192 }],
    ['a sampler with a path in it', { sampler: '../euler' }],
    ['NaN guidance', { cfgScale: Number.NaN }],
  ])('refuses %s', (_, fields) => {
    expect(generateRequestSchema.safeParse({ prompt: 'x', ...fields }).success).toBe(false)
  })

  it('is a member of the job requests', () => {
    expect(jobRequestSchema.parse({ kind: 'generate', prompt: 'x' }).kind).toBe('generate')
  })
})

describe('seed', () => {
  it.each(['0', '1', '4294967295', '18446744073709551615'])('takes %s', (seed) => {
    expect(seedSchema.parse(seed)).toBe(seed)
  })
  it.each(['-1', '01', '1e3', '', ' 1', '99999999999999999999'])('refuses %j', (seed) => {
    expect(seedSchema.safeParse(seed).success).toBe(false)
  })
})

describe('layout', () => {
  const region = { id: 'k', phrase: 'a kettle', shape: { kind: 'box', x: 0, y: 0, width: 8, height: 8 } }

  it('fills in the defaults of a region', () => {
    const parsed = layoutSchema.parse({ version: 1, width: 512, height: 512, regions: [region] })
    expect(parsed.regions[0]).toEqual({ ...region, occurrence: 0, strength: 1, from: 0 })
  })

  it.each([
    ['another version', { version: 2 }],
    ['an unknown field', { colour: 'red' }],
    ['two regions with one id', { regions: [region, region] }],
    ['an end before the start', { regions: [{ ...region, from: 0.5, to: 0.2 }] }],
    ['a mask outside the folder', { regions: [{ ...region, shape: { kind: 'mask', file: '../x.png' } }] }],
    ['a polygon of two points', { regions: [{ ...region, shape: { kind: 'polygon', points: [[0, 0], [1, 1]] } }] }], // prettier-ignore
  ])('refuses %s', (_, fields) => {
    expect(layoutSchema.safeParse({ version: 1, width: 8, height: 8, regions: [], ...fields }).success).toBe(false)
  })

  it('publishes a JSON schema that requires only what has no default', () => {
    const schema = JSON.stringify(layoutJsonSchema())
    expect(schema).toContain('"required":["version","width","height","regions"]')
    expect(schema).toContain('"required":["id","phrase","shape"]')
  })

  it('has its JSON schema published as a file', () => {
    const file = join(import.meta.dirname, '../../../docs/methods/layout.schema.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(layoutJsonSchema())
  })
})

describe('path inside a folder', () => {
  it.each(['a.png', 'masks/a.png', 'ü.png'])('takes %s', (path) => {
    expect(insidePathSchema.parse(path)).toBe(path)
  })
  it.each(['', '/a', '../a', 'a/../b', 'a//b', './a', 'C:a', 'a\\b', 'a\0', 'a:stream'])('refuses %j', (path) => {
    expect(insidePathSchema.safeParse(path).success).toBe(false)
  })
})
