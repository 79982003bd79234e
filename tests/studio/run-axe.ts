import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** axe-core inside the page. */
export const axe = {
  /** What it finds wrong, one line per element. */
  async faults(page: Page): Promise<readonly string[]> {
    await page.evaluate(source)
    const results = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: (context: Document, options: RunOptions) => Promise<AxeResults> }
      } // evaluated above
      return axe.run(document, { resultTypes: ['violations'] })
    })
    return results.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any }) => `${id}: ${help}: ${String(target)} ${any[0]?.message ?? ''}`),
    )
  },
}
