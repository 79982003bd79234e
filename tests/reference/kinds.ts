import type { CaseKind } from './case-kind.ts'

/** Every kind of recorded case that is built. The first that matches a folder's name takes it. */
export const caseKinds: readonly CaseKind[] = []
