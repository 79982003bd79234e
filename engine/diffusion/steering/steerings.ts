import { csgSteering } from './csg-steering.ts'
import { regionSteering, type Steering, type SteeringInput } from './region-steering.ts'

/** A way of obeying painted regions, by the id that a request gives. */
export interface SteeringEntry {
  readonly id: string
  /** Whether it takes gradients, so that guidance must not stop within the guided share of the steps. */
  readonly takesGradients: boolean
  readonly steer: (input: SteeringInput) => Steering
}

/** Every steering there is. */
export const steerings = [
  {
    id: 'none',
    takesGradients: false,
    steer: (input) => regionSteering({ ...input, paints: false, guides: false }),
  },
  {
    id: 'paint-with-words',
    takesGradients: false,
    steer: (input) => regionSteering({ ...input, paints: true, guides: false }),
  },
  { id: 'zest', takesGradients: true, steer: (input) => regionSteering({ ...input, paints: false, guides: true }) },
  { id: 'both', takesGradients: true, steer: (input) => regionSteering({ ...input, paints: true, guides: true }) },
  { id: 'csg', takesGradients: true, steer: csgSteering },
] as const satisfies readonly SteeringEntry[]
