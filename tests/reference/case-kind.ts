import type { RunGraph } from './kinds/run-graph.ts'

/** One compared tensor (or list) of a case. */
export interface CaseRow {
  /** What was compared, by its name in expected.safetensors or expected.json. */
  readonly name: string
  /** max|ours - expected| / max|expected|, unless the kind says otherwise; 0 for equal lists. */
  readonly error: number
  /** Where this row has its own bar. */
  readonly tolerance?: number
  /** Cosine between ours and expected, for gradients; its bar is 0.99999. */
  readonly cosine?: number
}

export interface CaseResult {
  /** The bar of every row that has none of its own. */
  readonly tolerance: number
  readonly rows: readonly CaseRow[]
}

/** How cases of one sort are computed by this project and compared with what was recorded. */
export interface CaseKind {
  readonly name: string
  /** @param caseName the name of the case's folder, such as `unet-sd15` */
  readonly matches: (caseName: string) => boolean
  /**
   * @param folder path of the case: a checkpoint, `expected.safetensors`, `expected.json`
   * @param run    where networks run; the CPU when absent. Kinds that open a whole machine run on the CPU anyway
   */
  readonly check: (folder: string, run?: RunGraph) => Promise<CaseResult>
}
