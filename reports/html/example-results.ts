import { fileURLToPath } from 'node:url'

/** For tests: documents as the real commands wrote them, each after a few seconds. */
export const exampleResults = fileURLToPath(new URL('example-results/', import.meta.url))
