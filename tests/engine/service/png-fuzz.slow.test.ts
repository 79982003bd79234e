import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { pictureTexts } from '../../../engine/image/metadata/picture-texts.ts'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import { mediaCodec } from '../../../engine/service/media-codec.ts'
import { describePicture } from '../../../engine/service/pictures/describe-picture.ts'
import type { PictureCodec } from '../../../engine/service/pictures/picture-codec.ts'
import { readPictureFacts } from '../../../engine/service/pictures/read-facts.ts'
import { makeTemporaryFolder, someRecipe } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { openService } from './temporary-service.ts'

const files = 5000
const longestMs = 200

/** A small random generator. @source xorshift32 */
const randomFrom = (seed: number): ((limit: number) => number) => {
  let state = seed
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

const texts = [
  ...pictureTexts({ version: 1, recipe: someRecipe() }, 'full'),
  { keyword: 'prompt', text: '{"3":{"class_type":"KSampler","inputs":{"seed":1,"steps":20,"positive":["6",0]}},"6":{"class_type":"CLIPTextEncode","inputs":{"text":"x"}}}' }, // prettier-ignore
  { keyword: 'invokeai_metadata', text: '{"positive_prompt":"a","seed":1}' },
]

/** Flips, cuts, doubles and overwrites parts of a sound picture; lengths and texts are favourite places. */
const mutate = (sound: Uint8Array, random: (limit: number) => number): Uint8Array => {
  const bytes = Buffer.from(sound)
  for (let change = random(6); change >= 0; change--) {
    const at = random(3) === 0 ? 8 + random(60) : random(bytes.length)
    switch (random(5)) {
      case 0:
        bytes[at] = random(256)
        break
      case 1:
        bytes.writeUInt32BE(random(2) === 0 ? 0xffffffff : random(2 ** 31), Math.min(at, bytes.length - 4))
        break
      case 2:
        bytes.copyWithin(at, random(bytes.length), random(bytes.length))
        break
      case 3:
        bytes.fill(random(256), at, Math.min(bytes.length, at + random(64)))
        break
      default:
        return bytes.subarray(0, at)
    }
  }
  return bytes
}

const readTimed = async (bytes: Uint8Array, codec: PictureCodec): Promise<{ isRead: boolean; ms: number }> => {
  const begun = performance.now()
  let isRead = true
  try {
    describePicture(await readPictureFacts(bytes, codec))
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError)
    isRead = false
  }
  return { isRead, ms: performance.now() - begun }
}

it(`reads ${files} damaged pictures without a crash or a hang`, { timeout: 300_000 }, async () => {
  const codec = mediaCodec(openMediaLink())
  onTestFinished(() => codec.close())
  const random = randomFrom(20_261_124)
  const sound = somePng(3, texts)
  const ends = { read: 0, refused: 0 }
  let slowestMs = 0
  for (let file = 0; file < files; file++) {
    const bytes = mutate(sound, random)
    const { isRead, ms } = await readTimed(bytes, codec)
    ends[isRead ? 'read' : 'refused']++
    // A picture that hangs does so each time; a busy machine does not.
    const again = ms < longestMs ? [] : [await readTimed(bytes, codec), await readTimed(bytes, codec)]
    slowestMs = Math.max(slowestMs, Math.min(ms, ...again.map((one) => one.ms)))
  }
  console.log(JSON.stringify({ files, ...ends, slowestMs: Math.round(slowestMs) }))
  expect(ends.read).toBeGreaterThan(100)
  expect(ends.refused).toBeGreaterThan(100)
  expect(slowestMs).toBeLessThan(longestMs)
})

it('imports a folder of damaged pictures and makes thumbnails of what it took', { timeout: 300_000 }, async () => {
  const root = await makeTemporaryFolder(onTestFinished)
  const pictures = await makeTemporaryFolder(onTestFinished)
  await mkdir(join(pictures, 'sub'))
  const random = randomFrom(77)
  for (let file = 0; file < 300; file++) {
    await writeFile(join(pictures, file % 2 === 0 ? '' : 'sub', `${file}.png`), mutate(somePng(file, texts), random))
  }
  const { service, window } = await openService(root)
  onTestFinished(() => service.close())
  const { found, added, unreadable } = await window.call('images.importFolder', { path: pictures })
  expect([found, added + unreadable]).toEqual([300, 300])
  const { images } = await window.call('images.list', { query: {}, limit: 500 })
  expect(images).toHaveLength(added)
})
