import type { MadePicture, RegionCoverage } from '../contract/records.ts'
import type { CallArgs } from '../process/call-table.ts'
import type { WorkerCalls } from '../worker/protocol.ts'
import type { CommandContext } from './command.ts'
import type { Engines } from './engines.ts'
import { knownFolders } from './known-folders.ts'
import type { GenerateOptions } from './generate-options.ts'
import { machineArgs } from './machine-options.ts'
import { readLayout, type OpenedLayout } from './layout-option.ts'
import { withStart } from '../image/metadata/with-start.ts'
import { readStart, resizedSentence, type OpenedStart } from './read-start.ts'
import { savePicture } from './save-picture.ts'
import { sentenceOfNote } from './sentence-of-note.ts'
import { starterModelPath } from './starter-model.ts'

/** Draws `count` pictures one after another, picture i with seed + i; each is written as soon as it is done. */
export const drawPictures = async (
  engines: Engines,
  options: GenerateOptions,
  context: CommandContext,
): Promise<void> => {
  const { layoutFile } = options
  const { image } = options.request
  const opened = layoutFile === undefined ? undefined : await readLayout(layoutFile, engines.media)
  const start = image === undefined ? undefined : await readStart(image, engines.media)
  const request = {
    ...options.request,
    ...(opened !== undefined && { layout: opened.layout }),
    ...(start !== undefined && { image: start.image }),
  }
  const files = await fileOptions(options, context)
  for (let i = 0; i < request.count; i += 1) {
    await drawOne(engines, { ...options, request, masks: opened?.masks ?? {}, start, files }, i, context)
  }
}

interface DrawOptions extends GenerateOptions {
  /** Pixels of mask regions by region id. */
  readonly masks: OpenedLayout['masks']
  readonly start: OpenedStart | undefined
  readonly files: FileOptions
}

type FileOptions = Pick<
  CallArgs<WorkerCalls, 'generate'>,
  'loraFolders' | 'embeddingPlaces' | 'vaePath' | 'prediction' | 'measurementsFolder' | 'memoryBytes' | 'device'
>

/** The files that were named, and the folders that the library knows. */
const fileOptions = async (options: GenerateOptions, { output }: CommandContext): Promise<FileOptions> => {
  const { loraFolders, embeddingPlaces, vaePath, prediction } = options
  const known = await knownFolders(output)
  return {
    loraFolders: [...loraFolders, ...known.models],
    embeddingPlaces: [...embeddingPlaces, ...known.models],
    measurementsFolder: known.measurements,
    ...machineArgs(options),
    ...(vaePath !== undefined && { vaePath }),
    ...(prediction !== undefined && { prediction }),
  }
}

const drawOne = async (
  engines: Engines,
  options: DrawOptions,
  index: number,
  { output, signal }: CommandContext,
): Promise<void> => {
  const { request } = options
  const seed = String(BigInt.asUintN(64, options.seed + BigInt(index)))
  const label = request.count === 1 ? request.prompt : `${index + 1} of ${request.count}: ${request.prompt}`
  const { masks, start, files } = options
  const modelPath = request.model ?? starterModelPath()
  const pixels = start === undefined ? {} : { image: start.picture, changeMasks: start.changeMasks }
  const args = { request, modelPath, modelHash: null, seed, masks, ...pixels, ...files }
  const drawn = await engines.worker.call('generate', args, {
    signal,
    onProgress: ({ done, total, stage }) => {
      output.step({ done, total, stage }, stage === 'look' ? `looking whether it shows: ${label}` : label)
    },
  })
  const made = start === undefined ? drawn : withStart(drawn, start.hash)
  const resized = start === undefined ? undefined : resizedSentence(start.picture, made.recipe)
  if (resized !== undefined && index === 0) output.warning(resized, { note: 'start-resized' })
  tell(output, made, await savePicture(engines.media, made, options))
}

const tell = (output: CommandContext['output'], { recipe, coverage = [] }: MadePicture, path: string): void => {
  const { seed, width, height, durationMs, notes } = recipe
  const seconds = (durationMs / 1000).toFixed(2)
  for (const region of coverage) output.warning(coverageSentence(region), { coverage: region })
  for (const note of notes) output.warning(sentenceOfNote(note), { note })
  output.result(`${path}  (seed ${seed}, ${width} x ${height}, ${seconds} s)`, {
    path,
    seed,
    width,
    height,
    durationMs,
    notes,
    coverage,
  })
}

const coverageSentence = ({ id, inside, insideAll = NaN, fill, isObeyed }: RegionCoverage): string =>
  `Region "${id}" ${isObeyed ? 'was obeyed' : 'was obeyed in part'}: ${percent(inside)} of its words' strong attention lies inside (${percent(insideAll)} of all of it), it fills ${percent(fill)} of the region.`

const percent = (share: number): string => `${Math.round(100 * share)} %`
