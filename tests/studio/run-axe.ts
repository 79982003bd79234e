import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** axe-core inside the page. */
export const axe = {
  /** What any of its rules finds wrong, best practices and experiments included, one line per element. */
  async faults(page: Page): Promise<readonly string[]> {
    await page.evaluate(source)
    // What is fading in has no contrast yet.
    await page.evaluate(async () => {
      const moving = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
      await Promise.all(moving.map((one) => one.finished.catch(() => undefined)))
    })
    const results = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: {
          getRules: () => readonly { readonly ruleId: string }[]
          run: (context: Document, options: RunOptions) => Promise<AxeResults>
        }
      } // evaluated above
      // Contrast of 7 to 1 (AAA) is what "more contrast" of the system is for; 4.5 to 1 is asked for everywhere.
      const rules = Object.fromEntries(
        axe.getRules().map(({ ruleId }) => [ruleId, { enabled: ruleId !== 'color-contrast-enhanced' }]),
      )
      return axe.run(document, { resultTypes: ['violations'], rules })
    })
    return results.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any }) => `${id}: ${help}: ${String(target)} ${any[0]?.message ?? ''}`),
    )
  },
}
