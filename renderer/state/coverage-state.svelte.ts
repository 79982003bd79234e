import { SvelteMap } from 'svelte/reactivity'
import type { RegionCoverage } from '../../engine/contract/records.ts'
import type { ServiceLink } from '../connection/service-link.ts'

/** What is known about how a picture came out. */
export interface Outcome {
  readonly seed: string | null
  /** By region id; regions that did not take part are not there. */
  readonly coverage: Readonly<Record<string, RegionCoverage>>
}

/** How much of each region was obeyed, by picture; asked for once each. */
export class CoverageState {
  readonly #link: ServiceLink
  readonly #outcomes = new SvelteMap<number, Outcome | 'loading'>()

  constructor(link: ServiceLink) {
    this.#link = link
  }

  /** Undefined until it is known; whoever asked in an effect is run again when it is. */
  get(imageId: number | null): Outcome | undefined {
    if (imageId === null) return undefined
    const found = this.#outcomes.get(imageId)
    if (found === undefined) queueMicrotask(() => void this.#load(imageId))
    return typeof found === 'object' ? found : undefined
  }

  async #load(imageId: number): Promise<void> {
    if (this.#outcomes.has(imageId)) return
    this.#outcomes.set(imageId, 'loading')
    try {
      const { recipe, coverage } = await this.#link.ask('images.get', { id: imageId })
      const entries = (coverage ?? []).map((region) => [region.id, region] as const)
      this.#outcomes.set(imageId, { seed: recipe?.seed ?? null, coverage: Object.fromEntries(entries) })
    } catch {
      this.#outcomes.delete(imageId)
    }
  }
}

/** The share that is shown: the smaller of how much of it is inside and how much of the region it fills. */
export const shownShare = ({ inside, fill }: RegionCoverage): number => Math.min(1, inside, fill)

export type RegionVerdict = 'obeyed' | 'partly' | 'missed'

/** Both shares at least 60 % = obeyed, 30 to 60 = partly, below = missed. */
export function judgeRegion(coverage: RegionCoverage): RegionVerdict {
  const share = shownShare(coverage)
  if (share >= 0.6) return 'obeyed'
  return share >= 0.3 ? 'partly' : 'missed'
}
