import { join } from 'node:path'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { readTensor } from '../../../engine/checkpoint/read-tensor.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'

/** Noise of torch's CPU generator. Errors are absolute: the values themselves are what users repeat. */
export const torchRandnCase: CaseKind = {
  name: 'torch-randn',
  matches: (caseName) => caseName === 'torch-randn',
  check: async (folder) => {
    const recorded = await openCheckpoint(join(folder, 'expected.safetensors'))
    const rows: CaseRow[] = []
    for (const name of recorded.tensors.keys()) {
      const expected = await readTensor(recorded, name)
      const seed = /^seed(\d+)_n\d+$/.exec(name)?.[1] ?? ''
      const found = torchRandn(expected.shape, BigInt(seed))
      const errors = found.data.map((value, i) => Math.abs(value - (expected.data[i] ?? Number.NaN)))
      rows.push({ name, error: Math.max(...errors) })
    }
    // Meant to be equal to the bit; another build of torch (no fused multiply-add) may differ in the last ones
    return { tolerance: 1e-6, rows }
  },
}
