import { defineConfig } from 'vitest/config'

const elsewhere = ['node_modules/**', 'results/**', 'cdk.out/**', 'dist/**', '.stryker-tmp/**']

/**
 * A test file's suffix is its tier:
 * - `*.test.ts`, quick: in its own process and on loopback; all together take seconds, so none waits or computes for long.
 * - `*.process.test.ts`: starts processes, or the local edge with its threads. `npm test` runs these and the quick ones.
 * - `*.long.test.ts`: measures, or takes long. `npm run test:all` runs these as well.
 */
export default defineConfig({
  test: {
    // Real k6, real RSA and real child processes: slow machines need room, and a hang still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests wait for their processes more than they compute, so that no core is kept for vitest itself.
    maxWorkers: '100%',
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.vitest/results.json' },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, '**/*.{process,long}.test.ts'],
          // Files share what they import; aws-cdk-lib alone takes a second or two to load.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'process', include: ['**/*.process.test.ts'], exclude: elsewhere } },
      { extends: true, test: { name: 'long', include: ['**/*.long.test.ts'], exclude: elsewhere } },
    ],
  },
})
