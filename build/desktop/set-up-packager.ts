/** Before the tests on a build machine: electron-builder, so that the packaged program is looked at. */
import { installPackager } from './packager.ts'

try {
  await installPackager()
} catch (error) {
  // Its tests are then skipped, and .ci/run counts a skipped one of them as failed.
  console.error('set-up: electron-builder could not be installed.', error)
}
