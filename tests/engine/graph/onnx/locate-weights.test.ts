import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locateWeights } from '../../../../engine/graph/onnx/locate-weights.ts'

const model = resolve('model')
const inModel = (...parts: string[]): string => join(model, ...parts)

describe('locateWeights', () => {
  it.each([
    { what: 'one file', files: ['unet/a.safetensors'], folder: 'unet', paths: ['a.safetensors'] },
    { what: 'shards side by side', files: ['unet/a', 'unet/b'], folder: 'unet', paths: ['a', 'b'] },
    { what: 'files of one name in two folders', files: ['unet/a', 'vae/a'], folder: '', paths: ['unet/a', 'vae/a'] },
    { what: 'a file above the others', files: ['x/y/z/a', 'x/b'], folder: 'x', paths: ['y/z/a', 'b'] },
    { what: 'folders whose names begin alike', files: ['vae/a', 'vae-2/a'], folder: '', paths: ['vae/a', 'vae-2/a'] },
    { what: 'a name that begins with two dots', files: ['x/a', 'x/..b'], folder: 'x', paths: ['a', '..b'] },
  ])('finds the common folder of $what', ({ files, folder, paths }) => {
    const absolute = files.map((file) => inModel(file))
    const locations = locateWeights(absolute)
    expect(locations.folder).toBe(inModel(folder))
    expect(absolute.map(locations.of)).toEqual(paths)
  })

  it('names no folder for a graph without weights', () => {
    expect(locateWeights([]).folder).toBeUndefined()
  })
})
