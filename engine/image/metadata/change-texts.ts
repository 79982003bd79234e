import { changeChunks } from '../png/png-chunks.ts'
import type { PngChunk } from '../png/png-chunks.ts'
import { encodeText, readTexts } from '../png/png-texts.ts'
import type { PngText } from '../png/png-texts.ts'
import { ownKeyword, xmpKeyword } from './picture-texts.ts'
import { readDigitalSourceType, writeXmp } from './xmp.ts'

/**
 * Puts texts in front of a PNG's pixels, which stay byte for byte as they are. Our own text is compressed.
 *
 * @throws EngineError 'file-malformed' when `png` is not a whole PNG
 */
export const insertTexts = (png: Uint8Array, texts: readonly PngText[]): Uint8Array =>
  changeChunks(png, { insert: texts.map((text) => encodeText(text, { compress: text.keyword === ownKeyword })) })

/**
 * A copy of any PNG that can be given away: everything but the picture itself and what its colours need is left out
 * (prompts, workflows, EXIF, thumbnails, times, names), only the mark of a picture made by a model stays or, when the
 * picture came from Attune without one, is added.
 *
 * @throws EngineError 'file-malformed' when `png` is not a whole PNG
 */
export const stripPng = (png: Uint8Array): Uint8Array => {
  const { texts } = readTexts(png)
  const marks = texts.filter(({ keyword }) => keyword === xmpKeyword).map(({ text }) => readDigitalSourceType(text))
  const isOurs = texts.some(({ keyword }) => keyword === ownKeyword)
  const type = marks.find((mark) => mark !== undefined) ?? (isOurs ? 'trainedAlgorithmicMedia' : undefined)
  const insert = type === undefined ? [] : [encodeText({ keyword: xmpKeyword, text: writeXmp(type) })]
  return changeChunks(png, { insert, keep: isAboutColour })
}

const colourChunks = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs'])

const isAboutColour = ({ type }: PngChunk): boolean => colourChunks.has(type)
