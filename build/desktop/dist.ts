/** npm run dist [-- KIND ...]: makes the installers of this platform (`dir` for a plain folder), in out/desktop. */
import { packageDesktop } from './package-desktop.ts'
import { buildProgram, installPackager } from './packager.ts'

const { platform } = process
if (platform !== 'win32' && platform !== 'darwin' && platform !== 'linux')
  throw new Error(`dist: found ${platform}, expected Windows, macOS or Linux.`)
await packageDesktop()
await installPackager()
for (const path of await buildProgram({ platform, kinds: process.argv.slice(2) })) console.log(path)
