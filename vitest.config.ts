import { defineConfig } from 'vitest/config'

// eslint-disable-next-line no-restricted-syntax -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default'],
  },
})
