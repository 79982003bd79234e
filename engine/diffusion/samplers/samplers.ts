import type { ScheduleKind, TimestepGrid } from '../schedule-kind.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { dpmpp2mSde } from './dpmpp-2m-sde.ts'
import { dpmpp2m } from './dpmpp-2m.ts'
import { eulerAncestral } from './euler-ancestral.ts'
import { euler } from './euler.ts'
import { heun } from './heun.ts'
import { lcm } from './lcm.ts'
import type { Sampler } from './sampler.ts'
import { unipc } from './unipc.ts'

/** What panels, the command line and schedules know about a sampler. */
export interface SamplerEntry {
  readonly id: string
  /** Its name in A1111, also ours in panels. */
  readonly label: string
  readonly comfyId: string
  readonly sample: Sampler
  readonly grid: TimestepGrid
  readonly schedules: readonly ScheduleKind[]
  readonly defaultSchedule: ScheduleKind
  /** Where its schedules end, see `ScheduleRules`. */
  readonly endsAt: 'clean' | 'config'
  /** `never` needs no noise, `with-eta` only when eta is above 0 (its default is 0). */
  readonly drawsNoise: 'never' | 'with-eta' | 'always'
  /** How strong the first noise is: `sigma`, or `unit` = √(1 + sigma²) so that the network's input has variance 1. */
  readonly startsWith: 'sigma' | 'unit'
}

const spaced = ['linspace', 'leading', 'trailing'] as const
const all = [...spaced, 'karras'] as const

/** Every sampler there is; a new one is a file in this folder and a line here. */
export const samplers = [
  {
    id: 'ddim',
    label: 'DDIM',
    comfyId: 'ddim',
    sample: ddim,
    grid: 'rounded',
    schedules: spaced,
    defaultSchedule: 'leading',
    endsAt: 'config',
    drawsNoise: 'with-eta',
    startsWith: 'unit',
  },
  {
    id: 'ddpm',
    label: 'DDPM',
    comfyId: 'ddpm',
    sample: ddpm,
    grid: 'rounded',
    schedules: spaced,
    defaultSchedule: 'leading',
    endsAt: 'clean',
    drawsNoise: 'always',
    startsWith: 'unit',
  },
  {
    id: 'euler',
    label: 'Euler',
    comfyId: 'euler',
    sample: euler,
    grid: 'fractional',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'never',
    startsWith: 'sigma',
  },
  {
    id: 'euler-a',
    label: 'Euler a',
    comfyId: 'euler_ancestral',
    sample: eulerAncestral,
    grid: 'fractional',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'always',
    startsWith: 'sigma',
  },
  {
    id: 'heun',
    label: 'Heun',
    comfyId: 'heun',
    sample: heun,
    grid: 'fractional',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'never',
    startsWith: 'sigma',
  },
  {
    id: 'dpmpp-2m',
    label: 'DPM++ 2M',
    comfyId: 'dpmpp_2m',
    sample: dpmpp2m,
    grid: 'multistep',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'never',
    startsWith: 'unit',
  },
  {
    id: 'dpmpp-2m-sde',
    label: 'DPM++ 2M SDE',
    comfyId: 'dpmpp_2m_sde',
    sample: dpmpp2mSde,
    grid: 'multistep',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'always',
    startsWith: 'unit',
  },
  {
    id: 'unipc',
    label: 'UniPC',
    comfyId: 'uni_pc',
    sample: unipc,
    grid: 'multistep',
    schedules: all,
    defaultSchedule: 'linspace',
    endsAt: 'clean',
    drawsNoise: 'never',
    startsWith: 'unit',
  },
  {
    id: 'lcm',
    label: 'LCM',
    comfyId: 'lcm',
    sample: lcm,
    grid: 'distilled',
    schedules: ['leading'],
    defaultSchedule: 'leading',
    endsAt: 'clean',
    drawsNoise: 'always',
    startsWith: 'unit',
  },
] as const satisfies readonly SamplerEntry[]

export type SamplerId = (typeof samplers)[number]['id']
