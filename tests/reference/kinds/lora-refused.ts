import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openLora } from '../../../engine/checkpoint/lora/open-lora.ts'
import { EngineError } from '../../../engine/contract/failures.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'

/** Adapters that are no plain LoRA: refused, naming the kind and one of its keys. 0 is a refusal, 1 anything else. */
export const loraRefusedCase: CaseKind = {
  name: 'lora-refused',
  matches: (caseName) => caseName.startsWith('lora-') && caseName.endsWith('-refused'),
  check: async (folder) => {
    const names = await readdir(folder)
    const files = names.filter((name) => name.endsWith('.safetensors') && name !== 'expected.safetensors')
    const rows: CaseRow[] = []
    for (const file of files) rows.push({ name: file, error: (await isRefused(join(folder, file))) ? 0 : 1 })
    return { tolerance: 0, rows }
  },
}

const isRefused = async (path: string): Promise<boolean> => {
  try {
    await openLora(path)
    return false
  } catch (error) {
    return (
      error instanceof EngineError &&
      error.facts['adapter'] === 'DoRA' &&
      String(error.facts['key']).endsWith('dora_scale')
    )
  }
}
