import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Recipe } from '../../../engine/contract/records.ts'
import type { NewImage } from '../../../engine/library/image-row.ts'
import { Library } from '../../../engine/library/library.ts'

export const migrationsFolder = join(import.meta.dirname, '../../../migrations')

/** A new folder for one test, removed when the test is over. */
export const makeTemporaryFolder = async (onFinished: (done: () => Promise<void>) => void): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-test-'))
  onFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const openLibrary = (root: string, nowMs = 1_700_000_000_000): Promise<Library> =>
  Library.open({ root, migrationsFolder, nowMs })

export const someRecipe = (changes: Partial<Recipe> = {}): Recipe => ({
  version: 1,
  kind: 'generate',
  appVersion: '0.1.0',
  prompt: 'a red kettle',
  negative: '',
  model: { name: 'starter', hash: null },
  seed: '1',
  steps: 20,
  cfgScale: 5,
  sampler: 'ddim',
  schedule: 'automatic',
  width: 128,
  height: 128,
  guidance: 'cfg',
  guidanceRescale: 0,
  loras: [],
  steering: 'none',
  device: 'cpu',
  notes: [],
  durationMs: 12,
  ...changes,
})

/** A row of a picture that has no file: enough for everything that only looks at rows. */
export const someImage = (name: string, changes: Partial<NewImage> = {}): NewImage => ({
  hash: createHash('sha256').update(name).digest('hex'),
  createdMs: 1_700_000_000_000,
  width: 128,
  height: 128,
  format: 'png',
  sizeBytes: 1000,
  recipe: someRecipe(),
  foreign: null,
  ...changes,
})
