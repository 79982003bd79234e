import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { patienceMs } from './studio-hands.ts'

/**
 * One studio for all stories of a `describe`: opened before the first, closed and erased after the last. No story may
 * leave an error in the page.
 *
 * @param begin takes it, and brings it to where the stories begin
 */
export function shareStudio(begin: (studio: BrowserStudio) => void | Promise<void>): void {
  let studio: BrowserStudio
  beforeAll(async () => {
    studio = await openBrowserStudio()
    await begin(studio)
  }, 2 * patienceMs)
  afterEach(() => {
    expect(studio.faults).toEqual([])
  })
  afterAll(async () => {
    await studio.close()
    await studio.erase()
  })
}
