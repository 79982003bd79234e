import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { decodePicture } from '../image-codec/decode-picture.ts'
import { encodePicture } from '../image-codec/encode-picture.ts'
import { inspectPicture } from '../image-codec/inspect-picture.ts'
import { makeThumbnail } from '../image-codec/make-thumbnail.ts'
import { restrictSharp } from '../image-codec/open-picture.ts'
import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { guardMemory } from './memory-guard.ts'
import { mediaCalls } from './protocol/media-calls.ts'

// Entry of the media process: sharp and nothing else native, no files, no network. Pictures in, pictures out.
const { values } = parseArgs({ options: { 'memory-mb': { type: 'string', default: '1024' } } })
const guarded = <Result>(work: Promise<Result>): Promise<Result> => guardMemory(Number(values['memory-mb']), work)

restrictSharp()
serveCalls({
  name: 'media',
  port: openParentPort(),
  calls: mediaCalls,
  handlers: {
    decode: ({ file, as, fit }) => guarded(decodePicture(file, as, fit)),
    encode: ({ picture, encoding, texts }) => guarded(encodePicture(picture, encoding, texts)),
    thumbnail: ({ file, side }) => guarded(makeThumbnail(file, side)),
    inspect: ({ file }) => guarded(inspectPicture(file)),
    hash: ({ file }) => createHash('sha256').update(file).digest('hex'),
  },
})
