import { defineConfig } from 'vitest/config'

/** What Stryker runs for each mutant: the tests that import the authorizer into their own thread. It writes nothing. */
export default defineConfig({
  test: {
    include: ['authorizer/*.test.ts', 'fuzz/in-thread.*.test.ts'],
    // Their children run the unchanged sources.
    exclude: ['authorizer/*.{process,long}.test.ts'],
    // One worker for all files: it halves the time for a mutant, and each mutant has a new one.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [],
  },
})
