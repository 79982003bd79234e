/** One undoable change: what it is called and the state after it. */
export interface HistoryEntry<State> {
  readonly label: string
  readonly state: State
  /** Changes with the same key that follow each other without a pause are one change, such as a slider's drag. */
  readonly mergeKey: string | null
}

/** States in order with a place in them. Values, never changed in place. */
export interface History<State> {
  /** The state before the first entry. */
  readonly start: State
  readonly entries: readonly HistoryEntry<State>[]
  /** How many entries are applied. */
  readonly applied: number
}

export const newHistory = <State>(start: State): History<State> => ({ start, entries: [], applied: 0 })

export const currentState = <State>({ start, entries, applied }: History<State>): State =>
  entries[applied - 1]?.state ?? start

/** Adds a change; what had been undone can no longer be redone. */
export function pushChange<State>(history: History<State>, change: HistoryEntry<State>): History<State> {
  const kept = history.entries.slice(0, history.applied)
  const last = kept.at(-1)
  const merges =
    change.mergeKey !== null && last?.mergeKey === change.mergeKey && history.applied === history.entries.length
  const entries = merges ? kept.with(-1, change) : [...kept, change]
  return { ...history, entries, applied: entries.length }
}

/** Ends merging: the next change is a step of its own. */
export function sealHistory<State>(history: History<State>): History<State> {
  const last = history.entries[history.applied - 1]
  if (last?.mergeKey == null) return history
  return { ...history, entries: history.entries.with(history.applied - 1, { ...last, mergeKey: null }) }
}

export const canUndo = ({ applied }: History<unknown>): boolean => applied > 0
export const canRedo = ({ applied, entries }: History<unknown>): boolean => applied < entries.length

export const undo = <State>(history: History<State>): History<State> =>
  canUndo(history) ? { ...sealHistory(history), applied: history.applied - 1 } : history

export const redo = <State>(history: History<State>): History<State> =>
  canRedo(history) ? { ...history, applied: history.applied + 1 } : history
