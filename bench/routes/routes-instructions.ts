/** Instructions of one match, by callgrind: what grows with the number of routes without the caches' part in it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { StageContext } from '../../command/stage.ts'
import { toEdgePolicy } from '../../config/edge-policy.ts'
import { median } from '../../statistics/median.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { countSegments, valgrindVersion } from '../callgrind.ts'
import type { CountedMatchesTask } from './counted-matches.ts'
import { type Mix, mixes, routeTable, tableSizes } from './route-mixes.ts'

/** Mix → table size → instructions of one match, compilation and collection left out. */
export type MatchInstructions = Record<string, Record<number, number>>

const batch = 64
/** Twice the invocations after which the optimizing compiler takes a function (see callgrind.ts), for each mix. */
const warmUp = 10
const rounds = 5

/** Counts the smallest and the largest table, one process each; null without valgrind. */
export async function countMatches({
  progress,
  signal,
}: Pick<StageContext, 'progress' | 'signal'>): Promise<MatchInstructions | null> {
  if (valgrindVersion() === null) return null
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-routes-'))
  try {
    const script = join(directory, 'counted-matches.cjs')
    // Node's own type stripping would load a WebAssembly compiler into the process that is counted.
    await build({
      entryPoints: [fileURLToPath(new URL('counted-matches.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      logLevel: 'error',
    })
    const counts: MatchInstructions = Object.fromEntries(mixes.map(({ id }) => [id, {}]))
    for (const size of [Math.min(...tableSizes), Math.max(...tableSizes)]) {
      progress.step(`routes: instructions among ${size}`)
      // One file name for all: its length is part of what is counted.
      const taskFile = join(directory, 'task.json')
      writeFileSync(taskFile, JSON.stringify(taskOf(size)))
      const segments = await countSegments(script, taskFile, directory, signal)
      for (const [index, { id }] of mixes.entries()) {
        // One segment lies before the first round; each round's second is the matching.
        const matching = Array.from({ length: rounds }, (_, round) => segments[(index * rounds + round) * 2 + 2])
        const net = matching.map((segment) =>
          segment ? segment.instructions - segment.collection - segment.compilation : Number.NaN,
        )
        Object.assign(counts[id] ?? {}, { [size]: median(net) / batch })
      }
    }
    return counts
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function taskOf(size: number): CountedMatchesTask {
  const routes = routeTable(size)
  const { routes: compiled } = toEdgePolicy({ issuer: 'https://issuer.example', clientIds: ['client'], routes })
  return { routes: [...compiled], mixes: mixes.map((mix) => batches(mix, size)), warmUp }
}

function batches(mix: Mix, size: number): string[] {
  const uniform = seededRandom(1).uniform
  return Array.from({ length: warmUp + rounds }, () =>
    JSON.stringify(Array.from({ length: batch }, () => mix.path(size, uniform))),
  )
}
