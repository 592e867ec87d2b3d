/**
 * Runs under callgrind: `counted-matches.cjs TASK.json`. Each read of `process.ppid` calls getppid(2), at which valgrind
 * closes a segment; each round of each mix has two: parsing the paths, and matching them.
 */
import { readFileSync } from 'node:fs'
import type { EdgeRoute } from '../../authorizer/edge-policy.ts'
import { compileRoutes } from '../../authorizer/routes.ts'

export interface CountedMatchesTask {
  routes: EdgeRoute[]
  /** One list of serialized paths for each mix: a batch of the warm-up or of a round each. */
  mixes: string[][]
  /** How many of a mix's batches come before its rounds. */
  warmUp: number
}

const { routes, mixes, warmUp } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CountedMatchesTask
const match = compileRoutes(routes)
const closeSegment = () => process.ppid
const matchAll = (paths: readonly string[]) => {
  for (const path of paths) match(path)
}
// All mixes first: a path of one must not be the first of its kind when another's are counted.
for (const batches of mixes) for (const text of batches.slice(0, warmUp)) matchAll(JSON.parse(text) as string[])
for (const batches of mixes) {
  for (const text of batches.slice(warmUp)) {
    closeSegment()
    const paths = JSON.parse(text) as string[]
    closeSegment()
    matchAll(paths)
  }
}
closeSegment()
