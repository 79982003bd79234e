import type { DeviceChoice } from '../contract/device-records.ts'
import type { JobRequest, PredictionKind, RawPicture } from '../contract/records.ts'
import type { Size } from '../image/resize.ts'
import { withStart } from '../image/metadata/with-start.ts'
import type { CallArgs } from '../process/call-table.ts'
import type { ProcessLink } from '../process/process-link.ts'
import type { WorkerCalls } from '../worker/protocol.ts'
import type { PictureMaker } from './queue/picture-maker.ts'

/** A model as the worker opens it. */
export interface ResolvedModel {
  readonly path: string
  readonly hash: string | null
  /** What the user keeps for it as what its network predicts; null: what its files say. */
  readonly prediction: PredictionKind | null
}

/** Where the library says that files lie which a prompt may name. */
export interface ModelPlaces {
  readonly folders: readonly string[]
  readonly embeddings: readonly string[]
  /** What was measured about models in read-only folders. */
  readonly measurements: string
}

export interface MakerParts {
  readonly link: ProcessLink<WorkerCalls>
  /** @throws EngineError 'not-found' when the request names a model that is not there */
  readonly resolveModel: (model: string | undefined) => Promise<ResolvedModel>
  /** @throws EngineError 'not-found' | 'format-unsupported' */
  readonly resolveLora: (id: string) => string
  /** @throws EngineError 'not-found' | 'format-unsupported' */
  readonly resolveVae: (id: string) => string
  readonly modelPlaces: () => ModelPlaces
  /** The pixels of a picture of the library, by its id as text, and the hash of its file. */
  readonly readPixels: (id: string) => Promise<{ readonly pixels: RawPicture; readonly hash: string }>
  /** The size of a picture of the library, by its id as text, in pixels. @throws EngineError 'not-found' */
  readonly sizeOf: (id: string) => Size
  /** The pixels of a mask of a document, by its hash. */
  readonly readMask: (hash: string) => Promise<RawPicture>
  /** Entries of every list that prompts may name. */
  readonly wildcards: () => Promise<ReadonlyMap<string, readonly string[]>>
  /** What the worker may hold at most, in bytes; undefined for as much as is free. */
  readonly memoryBytes: () => number | undefined
  /** What the user chose to run on. */
  readonly device: () => DeviceChoice
}

/** The worker process as the queue sees it: one picture per call. */
export const workerMaker = (parts: MakerParts): PictureMaker => {
  const { link, readPixels } = parts
  return {
    make: async (request, seed, { signal, onProgress, isOnCpu }) => {
      const start = request.image === undefined ? undefined : await readPixels(request.image.source)
      const asked = await pictureArgs(parts, request, seed)
      const args = isOnCpu ? { ...asked, device: 'cpu' as const } : asked
      const made = await link.call('generate', start === undefined ? args : { ...args, image: start.pixels }, {
        signal,
        onProgress: ({ preview, ...progress }) => {
          onProgress(preview === undefined ? progress : { ...progress, preview })
        },
      })
      return start === undefined ? made : withStart(made, start.hash)
    },
    estimate: async (request) => {
      const args = await pictureArgs(parts, request, request.seed ?? '0')
      const size = request.image === undefined ? {} : { imageSize: parts.sizeOf(request.image.source) }
      return link.call('estimateMemory', { ...args, ...size })
    },
    kill: (reason) => {
      link.kill(reason)
    },
  }
}

/** Everything but the pixels it starts from: the worker knows files, not ids. */
const pictureArgs = async (
  parts: MakerParts,
  request: JobRequest,
  seed: string,
): Promise<CallArgs<WorkerCalls, 'generate'>> => {
  const { resolveModel, resolveLora, resolveVae, modelPlaces, readMask, wildcards, memoryBytes, device } = parts
  const model = await resolveModel(request.model)
  const prediction = request.prediction ?? model.prediction
  const { folders, embeddings, measurements } = modelPlaces()
  const namesLists = `${request.prompt}${request.negative}`.includes('__')
  return {
    request: { ...request, loras: request.loras.map((lora) => ({ ...lora, id: resolveLora(lora.id) })) },
    seed,
    modelPath: model.path,
    modelHash: model.hash,
    ...(request.vae !== undefined && { vaePath: resolveVae(request.vae) }),
    ...(prediction !== null && { prediction }),
    loraFolders: [...folders],
    embeddingPlaces: [...embeddings],
    measurementsFolder: measurements,
    memoryBytes: memoryBytes(),
    device: device(),
    masks: await readMasks(request, readMask),
    ...(request.image?.masks !== undefined && {
      changeMasks: await Promise.all(request.image.masks.map(({ file }) => readMask(file))),
    }),
    wantsMarks: true,
    wildcards: namesLists ? Object.fromEntries(await wildcards()) : {},
  }
}

const readMasks = async (
  { layout }: JobRequest,
  readMask: MakerParts['readMask'],
): Promise<Record<string, RawPicture>> => {
  const masks = new Map<string, RawPicture>()
  for (const { id, shape } of layout?.regions ?? []) {
    if (shape.kind === 'mask') masks.set(id, await readMask(shape.file))
  }
  return Object.fromEntries(masks)
}
