// Prints the sum of vitest's own counts as the closing line `N passed, N failed[, N skipped]`.
import { readFileSync } from 'node:fs'

const [status, ...files] = process.argv.slice(2)
let passed = 0
let failed = 0
let skipped = 0
for (const file of files) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'))
    passed += results.numPassedTests
    failed += results.numFailedTests
    skipped += results.numPendingTests + results.numTodoTests
  } catch {
    // Types or lint failed, so these tests never ran.
  }
}
if (status !== '0' && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
