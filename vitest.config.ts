import { defineConfig } from 'vitest/config'

/**
 * One process per file, two at a time: the suite is written for two cores and a real PostgreSQL beside it. The time limits end
 * what hangs; they are far above what anything takes on a busy machine, since no test is about time.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
})
