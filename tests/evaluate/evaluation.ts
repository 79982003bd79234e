/** One thing to be judged, such as a prompt with its seed. */
export interface EvaluationItem {
  /** Names it among all items; the same in every run. */
  readonly id: string
}

export type EvaluationRow = Readonly<Record<string, unknown>> & EvaluationItem

/**
 * What `npm run evaluate -- NAME` runs: a file `tests/evaluate/<name>.evaluation.ts` exports one as `evaluation`.
 * It measures how good the pictures are, not whether the code is right: a table of numbers, no bar.
 */
export interface Evaluation<Item extends EvaluationItem = EvaluationItem> {
  /** What is judged, in a sentence. */
  readonly about: string
  readonly items: () => Promise<readonly Item[]>
  /** Judges one item; what it returns becomes a line of the results, with the item's id. */
  readonly measure: (item: Item) => Promise<object>
  /** The table over all lines, those of earlier runs and other machines among them. */
  readonly summarize: (rows: readonly EvaluationRow[]) => object
  /** Ends what `measure` has started. */
  readonly close?: () => Promise<void>
}
