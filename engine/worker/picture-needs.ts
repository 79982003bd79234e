import type { GenerateRequest } from '../contract/records.ts'
import type { ModelTraits } from '../machine/machine.ts'
import { resolveRequest } from '../methods/resolve-request.ts'
import type { PictureNeeds } from '../runtime/picture-memory.ts'

/** What decides how much memory a picture takes. @throws EngineError as `resolveRequest` */
export const pictureNeeds = (request: GenerateRequest, traits: ModelTraits): PictureNeeds => {
  const { width, height } = resolveRequest(request, traits)
  const isGuided = request.steering !== 'none' && request.steering !== 'paint-with-words'
  return {
    width,
    height,
    regions: isGuided ? (request.layout?.regions.length ?? 0) : 0,
    // A network for inpainting is shown a picture even where everything is painted, and a look encodes the finished one.
    isStarted: request.image !== undefined || traits.isInpainting || (request.reweigh ?? 1) > 1,
  }
}
