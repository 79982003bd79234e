/** npm run package: bundles page, shell and engine into dist/, ready for Electron. */
import { packageDesktop } from './package-desktop.ts'

console.log(`Packaged into ${await packageDesktop()}`)
