/**
 * Anything that turns an unknown value into a checked one or throws; every zod schema is one.
 */
export interface Schema<Value> {
  readonly parse: (value: unknown) => Value
}

/** What one call takes, answers and says on the way. */
export interface CallSchemas {
  readonly args: Schema<unknown>
  readonly result: Schema<unknown>
  /** Left out by calls that report no progress. */
  readonly progress?: Schema<unknown>
}

/**
 * The protocol of a child process: call name -> schemas. Written as a plain object with `satisfies CallTable`.
 * Both sides parse what reaches them, so neither trusts the other.
 */
export type CallTable = Readonly<Record<string, CallSchemas>>

type ValueOf<Checked> = Checked extends Schema<infer Value> ? Value : never

export type CallName<Table extends CallTable> = keyof Table & string
export type CallArgs<Table extends CallTable, Name extends CallName<Table>> = ValueOf<Table[Name]['args']>
export type CallResult<Table extends CallTable, Name extends CallName<Table>> = ValueOf<Table[Name]['result']>
export type CallProgress<Table extends CallTable, Name extends CallName<Table>> = ValueOf<
  NonNullable<Table[Name]['progress']>
>
