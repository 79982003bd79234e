import type { FeedbackKind } from '../contract/feedback-records.ts'

/**
 * What each event says about a picture, -1 ... 1.
 *
 * @source methods.md 10.3 (defaults)
 */
export const feedbackWeights = {
  star: 1,
  unstar: 0,
  'rate-5': 1,
  'rate-4': 0.5,
  'rate-3': 0,
  'rate-2': -0.5,
  'rate-1': -1,
  pick: 0.8,
  reject: -1,
  'clear-rating': 0,
  win: 0.6,
  loss: -0.6,
  export: 0.8,
  'protected-export': 0.8,
  'edit-base': 0.7,
  copy: 0.5,
  board: 0.5,
  'long-look': 0.3,
  'short-look': -0.1,
  'set-aside': -0.3,
  reroll: -0.2,
  'early-delete': -0.6,
  'late-delete': 0,
} as const satisfies Readonly<Record<FeedbackKind, number>>

const halfLifeMs = 90 * 86_400_000

const ratings: Readonly<Partial<Record<FeedbackKind, number>>> = {
  'rate-1': 1,
  'rate-2': 2,
  'rate-3': 3,
  'rate-4': 4,
  'rate-5': 5,
}

export interface ScoredEvent {
  readonly kind: FeedbackKind
  readonly atMs: number
}

export interface Verdict {
  readonly score: number
  readonly rating: number | null
  readonly flag: 'pick' | 'reject' | null
  readonly isStarred: boolean
}

/**
 * What all events of one picture add up to. An explicit rating wins over everything that is only implied: the newest
 * one is the score. Without one, implied events are summed, each halved every 90 days, and clipped to -1 ... 1; looking
 * long counts once. A pure function of its input: taking the last event away gives exactly the score before it.
 *
 * @param events  in the order in which they happened
 * @source methods.md 10.3
 */
export const scoreFeedback = (events: readonly ScoredEvent[], nowMs: number): Verdict => {
  const verdict = stateOf(events)
  const explicit = newestExplicit(events)
  if (explicit !== undefined) return { ...verdict, score: feedbackWeights[explicit] }
  let sum = 0
  let hasLooked = false
  for (const { kind, atMs } of events) {
    if (isExplicit(kind) || (kind === 'long-look' && hasLooked)) continue
    hasLooked ||= kind === 'long-look'
    sum += feedbackWeights[kind] * 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs)
  }
  return { ...verdict, score: Math.min(1, Math.max(-1, sum)) }
}

const clearing: ReadonlySet<FeedbackKind> = new Set(['unstar', 'clear-rating'])

const isExplicit = (kind: FeedbackKind): boolean =>
  kind in ratings || kind === 'star' || kind === 'pick' || kind === 'reject' || clearing.has(kind)

/** The newest explicit event that still holds: taking the star away or clearing ends only what it speaks of. */
const newestExplicit = (events: readonly ScoredEvent[]): FeedbackKind | undefined => {
  let isUnstarred = false
  let isCleared = false
  for (const { kind } of events.toReversed()) {
    if (kind === 'unstar') isUnstarred = true
    else if (kind === 'clear-rating') isCleared = true
    else if (kind === 'star' ? !isUnstarred : isExplicit(kind) && !isCleared) return kind
  }
  return undefined
}

const stateOf = (events: readonly ScoredEvent[]): Omit<Verdict, 'score'> => {
  let rating: number | null = null
  let flag: 'pick' | 'reject' | null = null
  let isStarred = false
  for (const { kind } of events) {
    rating = ratings[kind] ?? rating
    if (kind === 'pick' || kind === 'reject') flag = kind
    if (kind === 'star' || kind === 'unstar') isStarred = kind === 'star'
    if (kind === 'clear-rating') {
      rating = null
      flag = null
    }
  }
  return { rating, flag, isStarred }
}
