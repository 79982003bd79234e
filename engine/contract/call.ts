import type { z } from 'zod'

/** One row of the call table. */
export interface Call<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** `read` leaves everything as it is; only such calls may ever be reached by a GET. */
  readonly effect: 'read' | 'change'
  readonly input: Input
  readonly output: Output
}

/** A call that changes nothing. */
export const read = <Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) =>
  ({ effect: 'read', input, output }) satisfies Call<Input, Output>

/** A call that changes something. */
export const change = <Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) =>
  ({ effect: 'change', input, output }) satisfies Call<Input, Output>
