import { keepMeasurement } from '../checkpoint/measurements.ts'
import { measureModel } from '../methods/measure-model.ts'
import { measuringPrompts } from '../methods/measuring-prompts.ts'
import type { CallArgs, CallProgress } from '../process/call-table.ts'
import type { CallContext } from '../process/serve-calls.ts'
import type { ModelHolder } from './model-holder.ts'
import type { KeptMeasurement } from './protocol/model-calls.ts'
import type { WorkerCalls } from './protocol.ts'

/** Measures a model and keeps what was found beside it, or in the given folder where that may not be written. */
export const measureCall =
  (models: ModelHolder) =>
  async (
    args: CallArgs<WorkerCalls, 'measureModel'>,
    run: CallContext<CallProgress<WorkerCalls, 'measureModel'>>,
  ): Promise<KeptMeasurement> => {
    const { files, machine, prompts: encoder } = await models.hold(args.modelPath, args)
    machine.checkMemory({ task: 'measure', ...machine.traits.defaultSize, regions: 0, isStarted: false })
    const prompts = measuringPrompts.slice(0, args.prompts)
    const { guidanceThreshold, previewMap, adaptive, fewerStepsSsim } = await measureModel({
      machine,
      encoder,
      prompts,
      run,
    })
    const measurement = {
      prompts: prompts.length,
      adaptiveSsim: adaptive?.ssim ?? null,
      adaptiveSavedShare: adaptive?.savedShare ?? null,
      fewerStepsSsim,
    }
    const measuredPrediction = args.prediction ?? null
    const found = { guidanceThreshold, previewMap, measuredPrediction, measurement }
    const path = await keepMeasurement(files, found, args.measurementsFolder)
    // The next job opens the model anew, with what was measured.
    await models.release()
    return { guidanceThreshold, adaptive, fewerStepsSsim, prompts: prompts.length, path }
  }
