import { describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../../engine/checkpoint/checkpoint.ts'
import { ldmModuleNames } from '../../../../engine/checkpoint/lora/ldm-names.ts'
import { unetKeyMap } from '../../../../engine/checkpoint/single-file/unet-keys.ts'
import { singleFile } from '../recorded-files.ts'

const prefix = 'model.diffusion_model.'

describe('ldmModuleNames', () => {
  it.each(['sd15-inpaint', 'sd21', 'sdxl'] as const)(
    'undoes the key map of %s for every module but norms',
    async (name) => {
      const { tensors } = await openCheckpoint(singleFile(name))
      const unet = [...tensors.values()].filter((entry) => entry.name.startsWith(prefix))
      const shapes = new Map(unet.map((entry) => [entry.name.slice(prefix.length), entry.shape]))
      const toDiffusers = unetKeyMap(shapes)
      const pairs = [...shapes].flatMap(([key, shape]): [string, string][] => {
        const module = toDiffusers(key)
        return key.endsWith('.weight') && shape.length > 1 && module !== undefined
          ? [[module.slice(0, -'.weight'.length), key.slice(0, -'.weight'.length)]]
          : []
      })
      const names = ldmModuleNames(pairs.map(([module]) => module))
      expect(Object.fromEntries(names)).toEqual(Object.fromEntries(pairs))
      expect(names.size).toBeGreaterThan(100)
    },
  )
})
