import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'results/**', 'cdk.out/**', 'dist/**', '.stryker-tmp/**'],
    // Real k6, real RSA and real child processes: slow machines need room, and a hang still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
  },
})
