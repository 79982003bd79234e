import type { SteeringWays } from './region-steering.ts'

/** A way of obeying painted regions, by the id that a request gives. */
export interface SteeringEntry extends SteeringWays {
  readonly id: string
}

/** Every steering there is. */
export const steerings = [
  { id: 'none', paints: false, guides: false },
  { id: 'paint-with-words', paints: true, guides: false },
  { id: 'zest', paints: false, guides: true },
  { id: 'both', paints: true, guides: true },
] as const satisfies readonly SteeringEntry[]
