import { joinMapped, sliceMapped, spanOf, type MappedText } from './mapped-text.ts'
import { findBracketPairs, type BracketPair } from './prompt-brackets.ts'
import type { PromptNote } from './prompt-note.ts'

/** A prompt that holds for some steps of a trajectory. */
export interface ScheduledText {
  /** The last step, counted from 1, of this text; it starts after the last step of the one before. */
  readonly lastStep: number
  readonly text: MappedText
}

/** The prompts of a trajectory in order. The last one's `lastStep` is the number of steps. */
export interface Schedule {
  readonly stages: readonly ScheduledText[]
  readonly notes: readonly PromptNote[]
}

/**
 * Reads prompt editing: `[from:to:when]` changes after step `when`, `[to:when]` appears after it, `[from::when]` leaves
 * after it; `[a|b]` takes turns from step to step. A `when` with a point is a share of the steps, one without a number of
 * steps. Constructs nest; brackets that are none of these stay in the text for `parseAttention`.
 *
 * Steps are counted from 1, as A1111 documents it: with `[a:b:0.5]` the first half of the steps is a. (Its sampler counts
 * from 0 and so changes one step later.)
 *
 * @param steps at least 1
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `get_learned_conditioning_prompt_schedules`
 */
export function schedulePrompt(prompt: MappedText, steps: number): Schedule {
  const pairs = findBracketPairs(prompt.text)
  if (pairs === undefined) return { stages: [{ lastStep: steps, text: prompt }], notes: unreadable(prompt) }
  const changes = pairs.filter(({ kind }) => kind !== 'emphasis').map((pair) => readChange(prompt.text, pair, steps))
  const stages: ScheduledText[] = []
  for (const lastStep of lastSteps(changes, steps)) {
    const text = textAt(prompt, changes, lastStep)
    if (stages.at(-1)?.text.text === text.text) stages.pop()
    stages.push({ lastStep, text })
  }
  return { stages, notes: [] }
}

/**
 * The stage of a step.
 *
 * @param step counted from 1; beyond the last stage the last one holds
 */
export const stageAt = <Stage extends { readonly lastStep: number }>(
  stages: readonly Stage[],
  step: number,
): Stage | undefined => stages.find(({ lastStep }) => step <= lastStep) ?? stages.at(-1)

/** One construct: the spans between its marks, and which of them holds when. */
interface Change {
  readonly pair: BracketPair
  readonly parts: readonly (readonly [number, number])[]
  /** Index of the part that holds at a step; undefined where none does. */
  readonly partAt: (step: number) => number | undefined
  /** Last step of the first part; undefined where the parts take turns. */
  readonly lastStep: number | undefined
}

function readChange(prompt: string, pair: BracketPair, steps: number): Change {
  const marks = [pair.open, ...pair.dividers, pair.close]
  const parts = marks.slice(1).map((to, i) => [(marks[i] ?? 0) + 1, to] as const)
  if (pair.kind === 'alternate')
    return { pair, parts, partAt: (step) => (step - 1) % parts.length, lastStep: undefined }
  const [from, to] = parts.at(-1) ?? [0, 0]
  const when = prompt.slice(from, to)
  const value = Number(when) * (when.includes('.') ? steps : 1)
  const lastStep = Math.min(steps, Math.trunc(value))
  // With one divider there is nothing before.
  const [before, after] = parts.length === 3 ? [0, 1] : [undefined, 0]
  return { pair, parts, partAt: (step) => (step <= lastStep ? before : after), lastStep }
}

function lastSteps(changes: readonly Change[], steps: number): readonly number[] {
  const alternates = changes.some(({ lastStep }) => lastStep === undefined)
  if (alternates) return Array.from({ length: steps }, (_, i) => i + 1)
  const switches = changes.flatMap(({ lastStep }) => (lastStep !== undefined && lastStep >= 1 ? [lastStep] : []))
  return [...new Set([...switches, steps])].sort((a, b) => a - b)
}

/** The prompt without what does not hold at a step. */
function textAt(prompt: MappedText, changes: readonly Change[], step: number): MappedText {
  // How many constructs leave a unit out, as differences between neighbours.
  const leftOut = new Int32Array(prompt.text.length + 1)
  const leaveOut = (from: number, to: number): void => {
    leftOut[from] = (leftOut[from] ?? 0) + 1
    leftOut[to] = (leftOut[to] ?? 0) - 1
  }
  for (const { pair, parts, partAt } of changes) {
    const [from, to] = parts[partAt(step) ?? parts.length] ?? [pair.close, pair.close]
    leaveOut(pair.open, from)
    leaveOut(to, pair.close + 1)
  }
  const kept: MappedText[] = []
  let depth = 0
  let start = 0
  for (let unit = 0; unit <= prompt.text.length; unit++) {
    const before = depth
    depth += leftOut[unit] ?? 0
    if (before === 0 && (depth > 0 || unit === prompt.text.length)) kept.push(sliceMapped(prompt, start, unit))
    if (before > 0 && depth === 0) start = unit
  }
  return joinMapped(kept)
}

/** Only prompts that look as if they wanted a schedule are worth a remark. */
function unreadable(prompt: MappedText): readonly PromptNote[] {
  const wanted = /\[[^[\]]*[:|][^[\]]*\]/.exec(prompt.text)
  if (wanted === null) return []
  const { 0: text, index } = wanted
  return [{ kind: 'schedule-unreadable', text, ...spanOf(prompt, index, index + text.length) }]
}
