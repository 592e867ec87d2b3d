import { defineConfig } from 'vitest/config'

/** What Stryker runs for each mutant: tests that import the authorizer into their own thread, and nothing written outside the results. */
export default defineConfig({
  test: {
    include: ['authorizer/*.test.ts', 'fuzz/in-thread.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
    reporters: [],
  },
})
