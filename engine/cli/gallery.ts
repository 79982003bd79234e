import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { drawPictures } from './draw-pictures.ts'
import { openEngines } from './engines.ts'
import { galleryPictures } from './gallery-pictures.ts'
import { parseGenerateOptions } from './generate-options.ts'
import { textOutput } from './output.ts'

// Draws the README's gallery with the bundled model and says where the pictures are.
const folder = fileURLToPath(new URL('../../out/gallery', import.meta.url))
const controller = new AbortController()
process.once('SIGINT', () => {
  controller.abort()
})
const output = textOutput(process.stdout, process.stderr)
const engines = openEngines()

try {
  await mkdir(folder, { recursive: true })
  for (const { prompt, seed } of galleryPictures) {
    const options = parseGenerateOptions([prompt, '--seed', String(seed), '--out', folder])
    await drawPictures(engines, options, { output, signal: controller.signal })
  }
  output.result(`\nThe pictures are in ${folder}\nDraw your own: npm run attune -- generate "a pizza on a beach"`, {})
} catch (error) {
  output.failure(error)
  process.exitCode = 1
} finally {
  await engines.close()
}
