import type { SamplerId } from './samplers/samplers.ts'
import type { ScheduleKind } from './schedule-kind.ts'

/** Names in other programs, as `plainName` writes them, of one of our samplers or schedules. */
interface ForeignNames {
  readonly same: readonly string[]
  /** Other methods, for which ours is the closest there is. */
  readonly nearest: readonly string[]
}

/**
 * Samplers of A1111, Forge, ComfyUI, Fooocus, InvokeAI and diffusers (its class names).
 * Variants of guidance (CFG++) count as other methods: their pictures differ.
 */
const samplerNames: Readonly<Record<SamplerId, ForeignNames>> = {
  euler: {
    same: ['euler', 'eulerdiscretescheduler'],
    nearest: ['eulercfgpp', 'gradientestimation', 'gradientestimationcfgpp'],
  },
  'euler-a': {
    same: ['eulera', 'euleradiscretescheduler'],
    nearest: ['euleracfgpp', 'dpm2a', 'kdpm2a', 'kdpm2adiscretescheduler'],
  },
  heun: {
    same: ['heun', 'heundiscretescheduler'],
    nearest: ['heunpp', 'heunpp2', 'expheun2x0', 'dpm2', 'kdpm2', 'kdpm2discretescheduler', 'restart'],
  },
  'dpmpp-2m': {
    same: ['dpmpp2m', 'dpmsolvermultistepscheduler'],
    nearest: [
      ...['dpmpp2mcfgpp', 'dpmpp2malt', 'dpmpp2s', 'dpmpp3m', 'dpmsolversinglestepscheduler', 'dpmfast', 'dpmad'],
      ...['dpmadaptive', 'lms', 'lmsdiscretescheduler', 'plms', 'pndm', 'pndmscheduler', 'deis', 'ipndm', 'ipndmv'],
      ...['deismultistepscheduler', 'ipndmscheduler', 'resmultistep', 'resmultistepcfgpp', 'dpmsolverpp'],
    ],
  },
  'dpmpp-2m-sde': {
    same: ['dpmpp2msde'],
    nearest: [
      ...[
        'dpmppsde',
        'dpmsolversdescheduler',
        'dpmpp2msdeheun',
        'dpmpp3msde',
        'dpmpp2sa',
        'dpmpp2sacfgpp',
        'dpmpp2sarf',
      ],
      ...[
        'resmultistepa',
        'resmultistepacfgpp',
        'expheun2x0sde',
        'ersde',
        'seeds2',
        'seeds3',
        'sasolver',
        'sasolverpece',
        'sasolverscheduler',
      ],
    ],
  },
  unipc: { same: ['unipc', 'unipcbh2', 'unipcmultistepscheduler'], nearest: [] },
  ddim: { same: ['ddim', 'ddimscheduler'], nearest: ['ddimcfgpp'] },
  ddpm: { same: ['ddpm', 'ddpmscheduler'], nearest: [] },
  lcm: { same: ['lcm', 'lcmscheduler'], nearest: ['tcd', 'tcdscheduler'] },
}

/** Schedules of A1111, Forge, ComfyUI and InvokeAI. */
const scheduleNames: Readonly<Record<ScheduleKind, ForeignNames>> = {
  linspace: { same: ['linspace', 'normal', 'uniform'], nearest: ['beta', 'linearquadratic'] },
  leading: { same: ['leading', 'ddim', 'ddimuniform'], nearest: [] },
  trailing: { same: ['trailing', 'simple'], nearest: ['sgmuniform', 'turbo'] },
  karras: {
    same: ['karras', 'ka', 'k'],
    nearest: [
      ...['exponential', 'polyexponential', 'karrasexponential', 'kloptimal', 'alignyoursteps', 'alignyoursteps11'],
      ...['alignyoursteps32', 'alignyourstepsgits', 'gits'],
    ],
  },
}

/** What of ours a name means, and whether it is the same method or only the closest. */
export interface Meaning<Name> {
  readonly is: Name
  readonly isSame: boolean
}

/** The sampler behind another program's name for one; undefined when nobody knows it. */
export const meaningOfSampler = (plain: string): Meaning<SamplerId> | undefined => meaningIn(samplerNames, plain)

/** The schedule behind another program's name for one; undefined when nobody knows it. */
export const meaningOfSchedule = (plain: string): Meaning<ScheduleKind> | undefined => meaningIn(scheduleNames, plain)

const meaningIn = <Name extends string>(
  table: Readonly<Record<Name, ForeignNames>>,
  plain: string,
): Meaning<Name> | undefined => {
  for (const [name, { same, nearest }] of Object.entries<ForeignNames>(table)) {
    const isSame = same.includes(plain)
    // `as`: the keys of the table are its names
    if (isSame || nearest.includes(plain)) return { is: name as Name, isSame }
  }
  return undefined
}

/** A schedule's name at the end of a joined one: "dpmpp2mkarras" → "karras"; undefined when `plain` is a sampler as it is. */
export const joinedSchedule = (plain: string): string | undefined => {
  if (meaningOfSampler(plain) !== undefined) return undefined
  return Object.values(scheduleNames)
    .flatMap(({ same, nearest }) => [...same, ...nearest])
    .filter((name) => plain.endsWith(name) && meaningOfSampler(plain.slice(0, -name.length)) !== undefined)
    .sort((a, b) => b.length - a.length)[0]
}

/** The schedule that A1111's "Automatic" stands for with a sampler, where it is not the plain one. */
export const automaticOfA1111 = (plainSampler: string): 'karras' | 'exponential' | undefined => {
  if (/^dpmpp[23]msde/.test(plainSampler)) return 'exponential'
  return /^(dpmpp|dpm2|restart)/.test(plainSampler) ? 'karras' : undefined
}

/**
 * A name without what programs write differently: case, spaces, `_`, `-`, `+` for `p`, `ancestral` for `a`, ComfyUI's
 * `_gpu` and A1111's `k_`.
 */
export const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll('+', 'p')
    .replace(/^(sample|k)_/, '')
    .replace(/_gpu$/, '')
    .replaceAll('ancestral', 'a')
    .replace(/[\s_-]+/g, '')
