import { describe, expect, it } from 'vitest'
import { ownTextSchema } from '../../../../engine/contract/picture-record.ts'
import { insertTexts, stripPng } from '../../../../engine/image/metadata/change-texts.ts'
import { gatherPngTexts } from '../../../../engine/image/metadata/gather-texts.ts'
import { pictureTexts } from '../../../../engine/image/metadata/picture-texts.ts'
import { readSettings } from '../../../../engine/image/metadata/read-settings.ts'
import { readDigitalSourceType, writeXmp } from '../../../../engine/image/metadata/xmp.ts'
import { encodeChunk, readChunks } from '../../../../engine/image/png/png-chunks.ts'
import { encodeText } from '../../../../engine/image/png/png-texts.ts'
import { tinyPng } from '../png/tiny-png.ts'
import { sampleRecipe } from './sample-recipe.ts'

const recipe = sampleRecipe({ prompt: 'a secret cat, 猫', negative: 'dogs', model: { name: 'mine', hash: null } })
const own = { version: 1, recipe } as const
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('a picture with everything in it', () => {
  const png = insertTexts(tinyPng(), pictureTexts(own, 'full'))

  it('holds the three texts in front of its pixels', () => {
    expect(readChunks(png).chunks.map(({ type }) => type)).toEqual(['IHDR', 'iTXt', 'iTXt', 'iTXt', 'IDAT', 'IEND'])
  })

  it('gives the whole recipe back', () => {
    const settings = readSettings(gatherPngTexts(png).texts)
    expect(ownTextSchema.parse(settings.own)).toEqual(own)
    expect(settings.foreign?.prompt?.value).toBe(recipe.prompt)
    expect(settings.foreign?.notes).toEqual([])
    expect(settings.sourceType).toBe('trainedAlgorithmicMedia')
  })
})

describe('a picture to be shared', () => {
  const shared = insertTexts(tinyPng(), pictureTexts(own, 'share'))

  it('says that a model made it, and nothing else', () => {
    expect(readSettings(gatherPngTexts(shared).texts)).toEqual({
      own: undefined,
      foreign: undefined,
      sourceType: 'trainedAlgorithmicMedia',
    })
    expect(latin(shared)).not.toMatch(/cat|dogs|mine|Steps|attune/i)
  })

  it('is what is left of any picture of ours', () => {
    expect(stripPng(insertTexts(tinyPng(), pictureTexts(own, 'full')))).toEqual(shared)
    const marked = encodeText({ keyword: 'attune', text: '{}' })
    expect(stripPng(tinyPng([marked]))).toEqual(shared)
  })

  it('loses whatever another program or camera put in, on both sides of the pixels, but keeps its colours', () => {
    const gamma = encodeChunk('gAMA', Uint8Array.of(0, 0, 0xb1, 0x8f))
    const personal = ['eXIf', 'tIME', 'zTXt', 'tEXt', 'iTXt', 'caBX', 'prVt'].map((type) =>
      encodeChunk(type, Buffer.from('secret\0\0')),
    )
    expect(stripPng(tinyPng([gamma, ...personal], personal))).toEqual(tinyPng([gamma]))
  })

  it('keeps the mark of a composite', () => {
    const composite = pictureTexts(
      { version: 1, recipe: sampleRecipe({ image: { hash: null, strength: 0.5 } }) },
      'full',
    )
    const { texts } = gatherPngTexts(stripPng(insertTexts(tinyPng(), composite)))
    expect(readSettings(texts).sourceType).toBe('compositeWithTrainedAlgorithmicMedia')
  })
})

describe('the mark', () => {
  it('is found as attribute and as element', () => {
    const element =
      '<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>'
    expect(readDigitalSourceType(element)).toBe('trainedAlgorithmicMedia')
    expect(readDigitalSourceType(writeXmp('compositeWithTrainedAlgorithmicMedia'))).toBe(
      'compositeWithTrainedAlgorithmicMedia',
    )
  })

  it.each([
    '',
    '<x/>',
    'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture',
    'digitalsourcetype/'.repeat(50_000),
  ])('is not seen where there is none', (xmp) => {
    expect(readDigitalSourceType(xmp)).toBeUndefined()
  })
})
