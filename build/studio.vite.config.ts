import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const root = join(import.meta.dirname, '..')

/** The studio's page: the same bundle in the desktop shell and in a browser. */
export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: join(root, 'dist', 'studio'),
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
