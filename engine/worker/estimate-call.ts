import type { MemoryEstimate } from '../contract/job-records.ts'
import { sizedByStart } from '../methods/size-of-start.ts'
import type { CallArgs } from '../process/call-table.ts'
import { isMasked } from './generate-call.ts'
import type { ModelHolder } from './model-holder.ts'
import { pictureNeeds } from './picture-needs.ts'
import type { WorkerCalls } from './protocol.ts'
import { useLoras } from './use-loras.ts'

/** Says what a picture would take, from the headers of its files; the model stays open for the picture itself. */
export const estimateCall =
  (models: ModelHolder) =>
  async (args: CallArgs<WorkerCalls, 'estimateMemory'>): Promise<MemoryEstimate> => {
    const { request: asked, modelPath, loraFolders = [] } = args
    const held = await models.hold(modelPath, { ...args, isInpainting: isMasked(asked) })
    const request = sizedByStart(asked, args.imageSize ?? args.image, held.machine.traits)
    await useLoras(held, { request, seed: BigInt(args.seed), folders: loraFolders })
    const estimate = held.machine.estimateMemory(pictureNeeds(request, held.machine.traits))
    return { ...estimate, availableBytes: Math.round(estimate.availableBytes) }
  }
