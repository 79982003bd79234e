import { EngineError } from '../contract/failures.ts'
import type { JobRequest, RawPicture } from '../contract/records.ts'
import type { ProcessLink } from '../process/process-link.ts'
import type { WorkerCalls } from '../worker/protocol.ts'
import { estimateMemory } from './queue/estimate-memory.ts'
import type { PictureMaker } from './queue/picture-maker.ts'

/** A model as the worker opens it. */
export interface ResolvedModel {
  readonly path: string
  readonly hash: string | null
  readonly sizeBytes: number
}

export interface MakerParts {
  readonly link: ProcessLink<WorkerCalls>
  /** @throws EngineError 'not-found' when the request names a model that is not there */
  readonly resolveModel: (model: string | undefined) => Promise<ResolvedModel>
  /** The pixels of a picture of the library, by its id as text. */
  readonly readPixels: (id: string) => Promise<RawPicture>
  /** What a run may use, in bytes. */
  readonly availableMemory: () => number
}

/** The worker process as the queue sees it: one picture per call. */
export const workerMaker = ({ link, resolveModel, readPixels, availableMemory }: MakerParts): PictureMaker => ({
  make: async (request, seed, { signal, onProgress }) => {
    refuseUnsupported(request)
    const model = await resolveModel(request.model)
    const image = request.image === undefined ? {} : { image: await readPixels(request.image.source) }
    const args = { request, seed, modelPath: model.path, modelHash: model.hash, ...image }
    return link.call('generate', args, {
      signal,
      onProgress: ({ preview, ...progress }) => {
        onProgress(preview === undefined ? progress : { ...progress, preview })
      },
    })
  },
  estimate: async (request) => {
    const { sizeBytes } = await resolveModel(request.model)
    return estimateMemory(request, { weightBytes: sizeBytes, defaultSide: 512, availableBytes: availableMemory() })
  },
  kill: (reason) => {
    link.kill(reason)
  },
})

/** What the worker's protocol cannot carry yet is refused, never left out silently. */
const refuseUnsupported = (request: JobRequest): void => {
  const [name] = [
    request.layout === undefined ? undefined : 'painted regions',
    request.loras.length === 0 ? undefined : 'LoRAs',
  ].filter((part) => part !== undefined)
  if (name === undefined) return
  throw new EngineError('refused', { where: 'generate', found: name, remedy: 'This version cannot do that yet.' })
}
