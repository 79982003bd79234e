import { describe, expect, it } from 'vitest'
import { heatBytes } from '../../../engine/worker/heat-bytes.ts'

describe('a heat map as it is kept', () => {
  it('goes from its coldest place to its hottest', () => {
    const map = { shape: [2, 3], data: Float32Array.of(0.1, 0.2, 0.3, 0.1, 0.5, 0.3) }
    expect(heatBytes(map)).toEqual({ width: 3, height: 2, heat: Uint8Array.of(0, 63, 127, 0, 255, 127) })
  })

  it('is cold where it is the same everywhere', () => {
    expect(heatBytes({ shape: [1, 2], data: Float32Array.of(0.4, 0.4) }).heat).toEqual(Uint8Array.of(0, 0))
  })
})
