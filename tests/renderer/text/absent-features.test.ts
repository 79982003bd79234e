import { describe, expect, it } from 'vitest'
import { findAbsent } from '../../../renderer/text/absent-features.ts'

describe('what Attune does not have', () => {
  it.each([
    ['contr', ['controlnet']],
    ['ControlNet openpose', ['controlnet']],
    ['ip-ad', ['ip-adapter']],
    ['hires fix', ['upscaling']],
    ['hochskalieren', ['upscaling']],
    ['flux', ['families']],
    ['Video', ['video']],
    ['castle', []],
    ['co', []],
  ])('is said to whoever types "%s"', (typed, expected) => {
    expect(findAbsent(typed).map(({ id }) => id)).toEqual(expected)
  })
})
