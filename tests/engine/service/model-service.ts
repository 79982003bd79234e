import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { describeModel } from '../../../engine/service/models/describe-model.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { openService } from './temporary-service.ts'
import type { OpenService } from './temporary-service.ts'

/** A safetensors file with one small tensor under a name. */
export const safetensors = (name: string, shape: readonly number[] = [4]): Buffer => {
  const bytes = shape.reduce((product, side) => product * side, 4)
  const header = JSON.stringify({ [name]: { dtype: 'F32', shape, data_offsets: [0, bytes] } })
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return Buffer.concat([length, Buffer.from(padded), Buffer.alloc(bytes)])
}

/** Writes files below a folder, by their relative paths. */
export const put = async (folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, content)
  }
}

/** A service that describes model files, until the test ends. */
export const startService = async (isWatching = false): Promise<OpenService & { readonly root: string }> => {
  const root = await makeTemporaryFolder(onTestFinished)
  const open = await openService(root, { describeModel, isWatching })
  onTestFinished(() => open.service.close())
  return { ...open, root }
}
