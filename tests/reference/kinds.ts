import type { CaseKind } from './case-kind.ts'
import { samplerCase } from './kinds/sampler.ts'
import { tokenizerCase } from './kinds/tokenizer.ts'
import { torchRandnCase } from './kinds/torch-randn.ts'

/** Every kind of recorded case that is built. The first that matches a folder's name takes it. */
export const caseKinds: readonly CaseKind[] = [torchRandnCase, samplerCase, tokenizerCase]
