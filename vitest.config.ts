import { defineConfig } from 'vitest/config'

const elsewhere = ['node_modules/**', 'results/**', 'cdk.out/**', 'dist/**', '.stryker-tmp/**']

/** Files of a worker share what they import. CDK's own validation takes seconds in each; `cdk synth` is tested with it. */
const shared = { isolate: false, maxWorkers: '100%', env: { CDK_VALIDATION: 'false' } }

/**
 * A test file's suffix is its tier:
 * - `*.test.ts`, quick: stays in its process, and computes or waits for two seconds at most.
 * - `*.process.test.ts`: starts processes or the local edge, or takes some seconds. `npm test` runs these and the quick ones.
 * - `*.long.test.ts`: takes longer. `npm run test:all` runs these as well, and then, one at a time,
 * - `*.measured.test.ts`: holds times against a simulation, so that nothing else may run.
 */
export default defineConfig({
  test: {
    // Real k6, real RSA and real child processes: slow machines need room, and a hang still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.vitest/results.json' },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'quick',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, '**/*.{process,long,measured}.test.ts'],
        },
      },
      { extends: true, test: { ...shared, name: 'process', include: ['**/*.process.test.ts'], exclude: elsewhere } },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['**/*.long.test.ts'],
          exclude: elsewhere,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'measured',
          include: ['**/*.measured.test.ts'],
          exclude: elsewhere,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
