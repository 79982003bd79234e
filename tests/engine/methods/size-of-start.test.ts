import { describe, expect, it } from 'vitest'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'
import { sizedByStart } from '../../../engine/methods/size-of-start.ts'

const sd15 = { defaultSize: { width: 512, height: 512 }, vaeFactor: 8 }
const sizeOf = (width: number, height: number, asked: GenerateRequestInput = {}) => {
  const request = generateRequestSchema.parse({ image: { source: 'a.png' }, ...asked })
  const sized = sizedByStart(request, { width, height }, sd15)
  return [sized.width, sized.height]
}

describe('the size of a picture that starts from another', () => {
  it.each([
    ['its own', [512, 768], [512, 768]],
    ['its own up to four times the area', [1024, 1024], [1024, 1024]],
    ['its own rounded to what the VAE divides', [601, 403], [600, 400]],
    ["the model's area in its shape where it is larger", [4032, 3024], [592, 440]],
    ["the model's area in its shape where it is tiny", [60, 90], [416, 624]],
    ['squeezed where it is a thread', [8000, 10], [2048, 16]],
  ] as const)('is %s', (_, [width, height], expected) => {
    expect(sizeOf(width, height)).toEqual(expected)
  })

  it('is the one that is asked for, also by one side', () => {
    expect(sizeOf(600, 400, { width: 256, height: 128 })).toEqual([256, 128])
    expect(sizeOf(600, 400, { width: 256 })).toEqual([256, undefined])
  })

  it('is left to the model without a start picture', () => {
    expect(sizeOf(600, 400, { image: undefined })).toEqual([undefined, undefined])
  })
})
