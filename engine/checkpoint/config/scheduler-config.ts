import { z } from 'zod'
import { EngineError } from '../../contract/failures.ts'
import type { NoiseConfig } from '../../machine/noise-config.ts'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

export type TimestepSpacing = 'leading' | 'linspace' | 'trailing'

/** What `scheduler_config.json` says: the noise a model was trained with, and the sampler its makers suggest. */
export interface SchedulerConfig {
  /** Such as `DDIMScheduler`. */
  readonly className: string
  readonly noise: NoiseConfig
  readonly timestepSpacing: TimestepSpacing
  readonly useKarrasSigmas: boolean
}

/**
 * A `scheduler_config.json`, with the defaults of the diffusers class that it names.
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported' (a schedule or a prediction that the engine does not know)
 * @source diffusers 0.42, schedulers/
 */
export const readSchedulerConfig = (raw: RawConfig, where = 'scheduler/scheduler_config.json'): SchedulerConfig => {
  refuseUnsupported(raw, supported, where)
  const className = checkConfig(nameSchema, raw, where)._class_name
  refuseOtherNoise(className, where)
  const config = checkConfig(schema, { ...classDefaults[className], ...definedValues(raw) }, where)
  return {
    className,
    noise: {
      predictionType: config.prediction_type,
      betaSchedule: config.beta_schedule,
      betaStart: config.beta_start,
      betaEnd: config.beta_end,
      numTrainTimesteps: config.num_train_timesteps,
      ...(config.trained_betas === null ? {} : { trainedBetas: config.trained_betas }),
      stepsOffset: config.steps_offset,
      setAlphaToOne: config.set_alpha_to_one,
      rescaleBetasZeroSnr: config.rescale_betas_zero_snr,
    },
    timestepSpacing: config.timestep_spacing,
    useKarrasSigmas: config.use_karras_sigmas,
  }
}

const nameSchema = z.object({ _class_name: z.string().default('DDIMScheduler') })

const schema = z.object({
  num_train_timesteps: z.int().positive().max(100_000).default(1000),
  beta_start: z.number().positive().max(1).default(0.0001),
  beta_end: z.number().positive().max(1).default(0.02),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
  trained_betas: z.array(z.number().positive().max(1)).min(1).nullable().default(null),
  prediction_type: z.enum(['epsilon', 'v_prediction']).default('epsilon'),
  steps_offset: z.int().nonnegative().default(0),
  set_alpha_to_one: z.boolean().default(true),
  rescale_betas_zero_snr: z.boolean().default(false),
  timestep_spacing: z.enum(['leading', 'linspace', 'trailing']).default('linspace'),
  use_karras_sigmas: z.boolean().default(false),
})

/** Where a class differs from the schema's defaults. */
const classDefaults: Readonly<Record<string, RawConfig>> = {
  DDIMScheduler: { timestep_spacing: 'leading' },
  DDPMScheduler: { timestep_spacing: 'leading' },
  DDIMInverseScheduler: { timestep_spacing: 'leading' },
  DDIMParallelScheduler: { timestep_spacing: 'leading' },
  DDPMParallelScheduler: { timestep_spacing: 'leading' },
  PNDMScheduler: { timestep_spacing: 'leading', set_alpha_to_one: false },
  LCMScheduler: { timestep_spacing: 'leading', beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' },
  TCDScheduler: { timestep_spacing: 'leading', beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' },
  HeunDiscreteScheduler: { beta_start: 0.00085, beta_end: 0.012 },
  KDPM2DiscreteScheduler: { beta_start: 0.00085, beta_end: 0.012 },
  KDPM2AncestralDiscreteScheduler: { beta_start: 0.00085, beta_end: 0.012 },
  DPMSolverSDEScheduler: { beta_start: 0.00085, beta_end: 0.012 },
}

/**
 * Classes whose noise is made of betas. Others (EDM, flow matching, consistency models) train networks that mean something
 * else, whatever their betas say.
 */
const betaClasses: ReadonlySet<string> = new Set([
  ...['DDIMScheduler', 'DDIMInverseScheduler', 'DDIMParallelScheduler', 'DDPMScheduler', 'DDPMParallelScheduler'],
  ...['PNDMScheduler', 'LMSDiscreteScheduler', 'EulerDiscreteScheduler', 'EulerAncestralDiscreteScheduler'],
  ...['HeunDiscreteScheduler', 'KDPM2DiscreteScheduler', 'KDPM2AncestralDiscreteScheduler', 'DPMSolverSDEScheduler'],
  ...['DPMSolverMultistepScheduler', 'DPMSolverMultistepInverseScheduler', 'DPMSolverSinglestepScheduler'],
  ...['DEISMultistepScheduler', 'UniPCMultistepScheduler', 'SASolverScheduler', 'LCMScheduler', 'TCDScheduler'],
])

const refuseOtherNoise = (className: string, where: string): void => {
  if (betaClasses.has(className)) return
  throw new EngineError('model-unsupported', {
    where,
    found: `noise of the class ${className}`,
    expected: 'noise made of betas, such as that of DDIMScheduler',
    remedy: 'Attune cannot compute this kind of network yet: choose another model.',
    key: '_class_name',
  })
}

/** Sampling choices such as `clip_sample` belong to the sampler and are not read; these change what the network means. */
const supported: SupportedValues = {
  beta_schedule: ['linear', 'scaled_linear', 'squaredcos_cap_v2'],
  prediction_type: ['epsilon', 'v_prediction'],
  timestep_type: ['discrete'],
  use_flow_sigmas: [false],
}

/** Some writers give null for "the default". */
const definedValues = (raw: RawConfig): RawConfig =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null))
