// Prints vitest's own count as the closing line `N passed, N failed[, N skipped]`.
import { readFileSync } from 'node:fs'

const status = Number(process.argv[2])
let passed = 0
let failed = 0
let skipped = 0
try {
  const results = JSON.parse(readFileSync('node_modules/.vitest/results.json', 'utf8'))
  passed = results.numPassedTests
  failed = results.numFailedTests
  skipped = results.numPendingTests + results.numTodoTests
} catch {
  // Types or lint failed, so the tests never ran.
}
if (status !== 0 && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
