import { resolve } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { mostMeasuringPrompts, type KeptMeasurement } from '../../worker/protocol/model-calls.ts'
import type { CommandContext } from '../command.ts'
import { requireDevice } from '../devices/require-device.ts'
import { knownFolders } from '../known-folders.ts'
import { machineArgs, machineFlags, machineOptions } from '../machine-options.ts'
import { numberOption, parseOptions } from '../parse-options.ts'
import { predictionOption } from '../prediction-option.ts'
import { workerLink } from '../worker-link.ts'
import { onePath } from './one-path.ts'

/** `attune models measure PATH`: finds out when Adaptive Guidance may stop and how previews are made, and keeps it. */
export const measureModelFile = async (args: readonly string[], context: CommandContext): Promise<void> => {
  const { output, signal } = context
  const { values, positionals } = parseOptions('models measure', args, {
    prompts: { type: 'string' },
    vae: { type: 'string' },
    prediction: { type: 'string' },
    library: { type: 'string' },
    ...machineFlags,
    json: { type: 'boolean' },
  })
  const modelPath = onePath('measure', 'model', positionals)
  const prompts = promptsOption(numberOption('prompts', values.prompts))
  const prediction = predictionOption(values.prediction)
  const machine = machineOptions(values)
  await requireDevice(machine.device, context)
  const { measurements } = await knownFolders(output, values.library)
  const worker = workerLink((text) => void process.stderr.write(text))
  try {
    const call = {
      modelPath,
      prompts,
      measurementsFolder: measurements,
      ...machineArgs(machine),
      ...(values.vae !== undefined && { vaePath: resolve(values.vae) }),
      ...(prediction !== undefined && { prediction }),
    }
    const found = await worker.call('measureModel', call, {
      signal,
      onProgress: (step) => {
        output.step(step, `measuring with ${prompts} prompts`)
      },
    })
    output.result(sentencesOf(found), { ...found })
  } finally {
    await worker.close()
  }
}

const promptsOption = (count = mostMeasuringPrompts): number => {
  if (Number.isInteger(count) && count >= 1 && count <= mostMeasuringPrompts) return count
  throw new EngineError('bad-argument', {
    where: '--prompts',
    found: String(count),
    expected: `a whole number from 1 to ${mostMeasuringPrompts}`,
  })
}

const sentencesOf = ({ guidanceThreshold, adaptive, fewerStepsSsim, prompts, path }: KeptMeasurement): string => {
  const guidance =
    guidanceThreshold === null || adaptive === null
      ? `Adaptive Guidance is no better than fewer steps (SSIM ${fewerStepsSsim.toFixed(3)}) for this model and stays off.`
      : `Adaptive Guidance may stop from cosine ${guidanceThreshold}: SSIM ${adaptive.ssim.toFixed(3)} to full guidance ` +
        `(15 steps instead of 20: ${fewerStepsSsim.toFixed(3)}), ${Math.round(100 * adaptive.savedShare)} % of all runs saved.`
  return `${guidance}\nMeasured with ${prompts} prompts, previews too; kept in ${path}`
}
