import { findSampler } from './find-sampler.ts'
import {
  automaticOfA1111,
  joinedSchedule,
  meaningOfSampler,
  meaningOfSchedule,
  plainName,
  type Meaning,
} from './foreign-names.ts'
import { foreignUniPc, ownUniPc, type NameOrigin } from './foreign-unipc.ts'
import type { SamplerId } from './samplers/samplers.ts'
import type { ScheduleKind } from './schedule-kind.ts'

export interface ImportedSampler {
  readonly sampler: SamplerId
  readonly schedule: ScheduleKind
  /** What could not be taken as it is; empty when it will be the same method. */
  readonly substitutions: readonly Substitution[]
}

/** "The picture asks for X, which Attune does not have; it uses Y." */
export interface Substitution {
  readonly of: 'sampler' | 'schedule'
  readonly asked: string
  /** Label of ours. */
  readonly chosen: string
}

/** For samplers that nobody knows. */
const fallback: Meaning<SamplerId> = { is: 'euler', isSame: false }

/** DDIM is Euler and DDPM is Euler a: with a schedule that only those have, they take over, as in ComfyUI. */
const onAnySchedule: Readonly<Partial<Record<SamplerId, SamplerId>>> = { ddim: 'euler', ddpm: 'euler-a' }

/**
 * What another program's sampler and schedule mean here.
 *
 * @param sampler   as it stands in a picture: "DPM++ 2M Karras", "dpmpp_2m_sde_gpu", "Euler a"
 * @param schedule  as it stands there, absent in older pictures: "Karras", "sgm_uniform", "Automatic"
 * @param origin    where it stands; unknown where absent
 */
export const importSampler = (sampler: string, schedule?: string, origin?: NameOrigin): ImportedSampler => {
  const plain = plainName(sampler)
  const joined = joinedSchedule(plain)
  const plainSampler = joined === undefined ? plain : plain.slice(0, -joined.length)
  const meaning = meaningOfSampler(plainSampler) ?? fallback
  const isOpen = schedule === undefined || plainName(schedule) === 'automatic'
  const asked = isOpen ? (joined ?? schedule) : schedule
  const wanted = wantedSchedule(asked, plainSampler, meaning.is)
  const chosen = allows(meaning.is, wanted.is) ? meaning.is : (onAnySchedule[meaning.is] ?? meaning.is)
  const kind = allows(chosen, wanted.is) ? wanted.is : findSampler(chosen).defaultSchedule
  const substitutions: Substitution[] = []
  const uniPc = foreignUniPc(plainSampler, origin)
  if (uniPc !== undefined) {
    const chosenLabel = `${findSampler(chosen).label} (${ownUniPc})`
    substitutions.push({ of: 'sampler', asked: `${sampler} (${uniPc})`, chosen: chosenLabel })
  }
  if (!meaning.isSame) substitutions.push({ of: 'sampler', asked: sampler, chosen: findSampler(chosen).label })
  if (!wanted.isSame || kind !== wanted.is) {
    substitutions.push({ of: 'schedule', asked: asked ?? 'automatic', chosen: kind })
  }
  return { sampler: chosen, schedule: kind, substitutions }
}

const allows = (sampler: SamplerId, kind: ScheduleKind): boolean => findSampler(sampler).schedules.includes(kind)

const wantedSchedule = (asked: string | undefined, plainSampler: string, sampler: SamplerId): Meaning<ScheduleKind> => {
  const own = findSampler(sampler).defaultSchedule
  if (asked === undefined) return { is: own, isSame: true }
  const plain = plainName(asked)
  if (plain !== 'automatic') return meaningOfSchedule(plain) ?? { is: own, isSame: false }
  const automatic = automaticOfA1111(plainSampler)
  return (automatic && meaningOfSchedule(automatic)) ?? { is: own, isSame: true }
}
