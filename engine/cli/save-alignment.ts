import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { RawPicture } from '../contract/records.ts'
import { encodeNpy } from '../files/encode-npy.ts'
import { writeFailure } from '../files/write-failure.ts'
import { writeWhole } from '../files/write-whole.ts'
import { heatOverlay } from '../image/heat-overlay.ts'
import { fromMask } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'
import type { CallResult } from '../process/call-table.ts'
import type { WorkerCalls } from '../worker/protocol.ts'

type Aligned = CallResult<WorkerCalls, 'align'>

interface SaveAlignmentInput {
  readonly media: MediaLink
  readonly picture: RawPicture
  readonly aligned: Aligned
  /** What else stands in alignment.json. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Made when it is not there; files of an earlier run in it are replaced. */
  readonly folder: string
}

/**
 * Writes the maps of every word and `alignment.json`.
 *
 * @returns the folder's path
 * @throws EngineError 'disk-full' | 'refused' | 'file-unwritable'
 */
export const saveAlignment = async (input: SaveAlignmentInput): Promise<string> => {
  const { aligned, picture, facts } = input
  const folder = resolve(input.folder)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  const write = (name: string, content: Uint8Array | string): Promise<void> =>
    writeWhole(join(folder, name), typeof content === 'string' ? Buffer.from(content) : content, {
      existing: 'replace',
    })
  const png = (content: RawPicture): Promise<Uint8Array> =>
    input.media.call('encode', { picture: content, encoding: { format: 'png' }, texts: [] })
  for (const [index, { word }] of aligned.report.words.entries()) {
    const grid = aligned.grids[index]
    if (grid === undefined) continue
    const stem = `${String(index + 1).padStart(2, '0')}-${fileNameOf(word)}`
    const heat = heatPicture(grid, picture)
    await write(`${stem}.heat.png`, await png(heat))
    await write(`${stem}.overlay.png`, await png(heatOverlay(picture, heat)))
    await write(`${stem}.mask.png`, await png(maskPicture(aligned.labels, index + 1)))
    const numbers = Float32Array.from([...grid.heat, ...grid.plainHeat])
    await write(`${stem}.npy`, encodeNpy([2, grid.height, grid.width], numbers))
  }
  const { report, notes, model, device, durationMs } = aligned
  await write(
    'alignment.json',
    `${JSON.stringify({ ...facts, ...report, notes, model, device, durationMs }, null, 2)}\n`,
  )
  return folder
}

const heatPicture = ({ width, height, heat }: Aligned['grids'][number], picture: RawPicture): RawPicture =>
  fromMask(resize({ shape: [height, width], data: heat }, picture, 'bilinear'))

const maskPicture = ({ width, height, data }: RawPicture, label: number): RawPicture => ({
  width,
  height,
  channels: 1,
  data: data.map((found) => (found === label ? 255 : 0)),
})

/** Letters and digits of any script; everything else is a hyphen. */
const fileNameOf = (word: string): string =>
  word
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40) || 'word'
