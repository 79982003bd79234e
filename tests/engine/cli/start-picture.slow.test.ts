import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodePicture } from '../../../engine/image-codec/decode-picture.ts'
import { encodePicture } from '../../../engine/image-codec/encode-picture.ts'
import { recipeSchema, type RawPicture } from '../../../engine/contract/records.ts'
import { readTexts } from '../../../engine/image/png/png-texts.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { gradient } from '../image-codec/test-pictures.ts'
import { runAttune } from './run-attune.ts'

const scratch = useScratchFolders()
const side = 128
const isInside = (i: number): boolean => Math.hypot((i % side) - 90, Math.floor(i / side) - 80) < 30
const disc: RawPicture = {
  width: side,
  height: side,
  channels: 1,
  data: Uint8Array.from({ length: side * side }, (_, i) => (isInside(i) ? 255 : 0)),
}
const start = gradient(side, side)
let [image, mask]: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()]
beforeAll(async () => {
  image = await encodePicture(start, { format: 'png' }, [])
  mask = await encodePicture(disc, { format: 'png' }, [])
})

/** A folder with the start picture and its mask, and what `attune generate` makes of them there. */
const studio = async () => {
  const folder = scratch()
  const place = (name: string): string => join(folder, name)
  await writeFile(place('start.png'), image)
  await writeFile(place('mask.png'), mask)
  return {
    place,
    draw: async (name: string, ...args: readonly string[]) => {
      const out = place(name)
      const fixed = ['generate', 'a cat on a beach', '--seed', '3', '--steps', '6', '--out', out]
      const ended = await runAttune([...fixed, '--image', place('start.png'), ...args], scratch())
      expect(ended.code).toBe(0)
      const file = await readFile(out)
      const own = readTexts(file).texts.find(({ keyword }) => keyword === 'attune')?.text ?? ''
      const { recipe } = z.object({ recipe: recipeSchema }).parse(JSON.parse(own))
      return { picture: await decodePicture(file, 'rgb'), recipe, stderr: ended.stderr }
    },
  }
}

const changed = ({ data }: RawPicture): readonly number[] =>
  Array.from({ length: side * side }, (_, i) => i).filter((i) =>
    [0, 1, 2].some((c) => data[i * 3 + c] !== start.data[i * 3 + c]),
  )
const distance = ({ data }: RawPicture): number =>
  data.reduce((sum, value, i) => sum + Math.abs(value - (start.data[i] ?? 0)), 0) / data.length
const sha256 = (file: Uint8Array): string => createHash('sha256').update(file).digest('hex')

describe('attune generate --image', { timeout: 60_000 }, () => {
  it('changes a picture more the larger the strength, at its own size, and says it in the file', async () => {
    const { draw } = await studio()
    const [little, much] = [await draw('little.png', '--strength', '0.34'), await draw('much.png')]
    expect(distance(much.picture)).toBeGreaterThan(1.2 * distance(little.picture))
    expect([little.picture.width, little.picture.height, little.stderr]).toEqual([side, side, ''])
    expect(little.recipe.image).toEqual({ hash: sha256(image), strength: 0.34 })
    expect(much.recipe.image).toEqual({ hash: sha256(image), strength: 0.75 })
  })

  it('leaves every pixel outside of the mask as it was, looks for no missing words there and says so', async () => {
    const { place, draw } = await studio()
    const args = ['--mask', place('mask.png'), '--mask-feather', '2', '--reweigh', '1.2']
    const { picture, recipe, stderr } = await draw('masked.png', ...args)
    const places = changed(picture)
    expect(places.filter((i) => !isInside(i))).toEqual([])
    expect(places.length).toBeGreaterThan(2000) // of 2809
    expect(recipe.image?.masks).toEqual([{ file: sha256(mask), opacity: 1, feather: 2 }])
    expect(recipe.notes).toEqual(['phrases-not-looked-for'])
    expect(stderr).toContain('Nobody looked for what the picture leaves out')
  })

  it('resizes the picture to --size and says so', async () => {
    const { draw } = await studio()
    const { picture, stderr } = await draw('wide.png', '--size', '96x64')
    expect([picture.width, picture.height]).toEqual([96, 64])
    expect(stderr).toContain('The start picture was resized from 128 x 128 to 96 x 64, which stretches it')
  })

  it('refuses a file that is not there or no picture, naming flag and file', async () => {
    const { place } = await studio()
    await writeFile(place('words.png'), 'no picture')
    const missing = ['--image', place('none.png')]
    const words = ['--image', place('start.png'), '--mask', place('words.png')]
    for (const [args, message] of [
      [missing, `--image: ${place('none.png')} cannot be read`],
      [words, `--mask ${place('words.png')}: an unknown format`],
    ] as const) {
      const { code, stderr } = await runAttune(['generate', 'a cat', ...args, '--out', place('no.png')], scratch())
      expect([code, stderr]).toEqual([3, expect.stringContaining(message)])
    }
  })
})
