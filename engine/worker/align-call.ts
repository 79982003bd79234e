import type { RawPicture } from '../contract/records.ts'
import { alignImage, type AlignedImage } from '../methods/align-image.ts'
import { classifyImage } from '../methods/align-classify.ts'
import { fittingSize } from '../methods/align-picture.ts'
import type { ModelTraits } from '../machine/machine.ts'
import type { CallArgs, CallProgress, CallResult } from '../process/call-table.ts'
import type { CallContext } from '../process/serve-calls.ts'
import type { AlignedPicture, HeatGrid } from './protocol/align-calls.ts'
import type { ModelHolder } from './model-holder.ts'
import type { WorkerCalls } from './protocol.ts'
import type { PictureNeeds } from '../runtime/picture-memory.ts'

/** Measures how well a picture shows each word. */
export const alignCall =
  (models: ModelHolder) =>
  async (
    { request, modelPath, image, loras = [], ...model }: CallArgs<WorkerCalls, 'align'>,
    run: CallContext<CallProgress<WorkerCalls, 'align'>>,
  ): Promise<AlignedPicture> => {
    const started = performance.now()
    const { machine, prompts, deviceNotes } = await models.hold(modelPath, model)
    await machine.useLoras(loras)
    machine.checkMemory(readingNeeds('align', image, machine.traits))
    const { prompt, words, seed, ...options } = request
    const aligned = await alignImage({
      machine,
      prompts,
      picture: image,
      prompt,
      words,
      options: { ...options, seed: BigInt(seed) },
      run,
    })
    return {
      report: aligned.report,
      grids: aligned.heats.map(gridOf),
      labels: labelPicture(aligned.labels),
      notes: [...deviceNotes(), ...aligned.notes],
      model: machine.traits.name,
      device: machine.device,
      durationMs: Math.round(performance.now() - started),
    }
  }

/** Says which of several prompts fits a picture. */
export const classifyCall =
  (models: ModelHolder) =>
  async (
    { request, modelPath, image, loras = [], ...model }: CallArgs<WorkerCalls, 'classify'>,
    run: CallContext<CallProgress<WorkerCalls, 'classify'>>,
  ): Promise<CallResult<WorkerCalls, 'classify'>> => {
    const started = performance.now()
    const { machine, prompts, deviceNotes } = await models.hold(modelPath, model)
    await machine.useLoras(loras)
    machine.checkMemory(readingNeeds('classify', image, machine.traits))
    const { prompts: candidates, steps, seed } = request
    const fits = await classifyImage({ machine, prompts, picture: image, candidates, steps, seed: BigInt(seed), run })
    const durationMs = Math.round(performance.now() - started)
    return { fits, notes: [...deviceNotes()], model: machine.traits.name, device: machine.device, durationMs }
  }

const readingNeeds = (task: 'align' | 'classify', image: RawPicture, traits: ModelTraits): PictureNeeds => ({
  task,
  ...fittingSize(image, traits),
  regions: 0,
  isStarted: false,
})

const gridOf = ({ heat, plainHeat }: AlignedImage['heats'][number]): HeatGrid => {
  const [height = 1, width = 1] = heat.shape
  return { width, height, heat: heat.data, plainHeat: plainHeat.data }
}

const labelPicture = ({ shape: [height = 1, width = 1], data }: AlignedImage['labels']): RawPicture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data, (label) => label + 1),
})
