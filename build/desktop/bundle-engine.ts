import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'

/** Packages with native code, and what the desktop program brings itself: found at run time, never bundled. */
const external = ['electron', 'onnxruntime-node', 'better-sqlite3', 'sharp']

/** Node of the Electron that is pinned. */
const target = 'node24'

/** A bundle for Node: CommonJS, since that is what Electron reads out of an archive without special paths. */
const bundle = (root: string, outDir: string, input: Readonly<Record<string, string>>): InlineConfig => ({
  root,
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  ssr: { noExternal: true, external },
  build: {
    ssr: true,
    target,
    outDir,
    emptyOutDir: true,
    minify: false,
    copyPublicDir: false,
    rolldownOptions: {
      input: { ...input },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'part-[name]-[hash].cjs' },
    },
  },
})

/**
 * Bundles service, worker, media and the reader of prompts into `engine` of a folder, and CLIP's vocabulary where the worker looks for it. Addresses of
 * files (`../../migrations`) are the same from there as from their sources, two folders below the project's.
 *
 * @param root the project's folder
 * @param dist where the bundles go: a folder directly below the project's
 */
export async function bundleEngine(root: string, dist: string): Promise<void> {
  const entry = (room: string): string => join(root, 'engine', room, 'desktop-entry.ts')
  // The process that reads prompts loads no native code.
  const prompts = join(root, 'engine', 'worker', 'prompt-process.ts')
  const input = { service: entry('service'), worker: entry('worker'), media: entry('media'), prompts }
  await build(bundle(root, join(dist, 'engine'), input))
  const vocabulary = join('text', 'clip-vocabulary')
  cpSync(join(root, 'engine', vocabulary), join(dist, vocabulary), { recursive: true })
}

/** Bundles main and preload into `shell` of a folder, each as one file: a sandboxed preload can load no other. */
export async function bundleShell(root: string, dist: string): Promise<void> {
  const outDir = join(dist, 'shell')
  const source = (name: string): string => join(root, 'electron', `${name}.ts`)
  await build(bundle(root, outDir, { main: source('main') }))
  const preload = bundle(root, outDir, { preload: source('preload') })
  await build({ ...preload, build: { ...preload.build, emptyOutDir: false } })
}
