import type { ModelCheck } from './protocol/model-calls.ts'

/** What a check of one kind of file finds. */
export type Findings = Partial<Omit<ModelCheck, 'description'>>

/** What a check says when it was not told which model a part is for. */
export const adviceToChooseModel = { label: 'fits', value: 'not checked; --model PATH says which model it is for' }
