/** One fresh process of suite `routes`: the matchers take turns on the same paths. Writes its reports to descriptor 3. */
import { writeSync } from 'node:fs'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { type Matcher, matchers } from './matchers.ts'
import { type Mix, mixes, routeTable } from './route-mixes.ts'

export interface RoutesJob {
  sizes: number[]
  seed: number
  /** Paths in a block. */
  block: number
  warmup: number
  rounds: number
}

/** Nanoseconds of CPU time for one path; the harness is subtracted. `floor`: one `Map.get` with the path. */
export interface RoutesReport {
  size: number
  mix: string
  floor: number
  matchers: Record<string, number>
  /** The same for each measured block, wall time too. */
  blocks: Record<string, { cpu: number[]; wall: number[] }>
}

const job = JSON.parse(process.argv[2] ?? '') as RoutesJob
const reports: RoutesReport[] = []
// The first table only warms the compiler up: its figures are measured again, in their turn.
for (const [turn, size] of [Math.min(...job.sizes), ...seededRandom(job.seed).shuffled(job.sizes)].entries()) {
  const routes = routeTable(size)
  const built = matchers.map((matcher) => ({ matcher, find: matcher.build(routes) }))
  const measured = mixes.map((mix) => measure(size, mix, built))
  if (turn > 0) reports.push(...measured)
}
writeSync(3, JSON.stringify(reports))

function measure(
  size: number,
  mix: Mix,
  built: readonly { matcher: Matcher; find(path: string): number }[],
): RoutesReport {
  const uniform = seededRandom(job.seed).uniform
  const texts = Array.from({ length: 8 }, () =>
    JSON.stringify(Array.from({ length: job.block }, () => mix.path(size, uniform))),
  )
  const known = new Map(texts.flatMap((text) => (JSON.parse(text) as string[]).map((path) => [path, 1] as const)))
  const contestants = [
    { id: 'harness', share: 1, find: (path: string) => path.length - path.length },
    { id: 'floor', share: 1, find: (path: string) => known.get(path) ?? -1 },
    ...built.map(({ matcher, find }) => ({
      id: matcher.id,
      // Few paths in a large table: each is tried against every route.
      share: matcher.linear ? Math.min(1, 5 / size) : 1,
      find,
    })),
  ]
  const spent = new Map(
    contestants.map(({ id }) => [id, { cpu: 0, paths: 0, blocks: { cpu: [] as number[], wall: [] as number[] } }]),
  )
  for (let round = 0; round < job.warmup + job.rounds; round++) {
    for (const contestant of seededRandom(`${job.seed} ${round}`).shuffled(contestants)) {
      const total = spent.get(contestant.id)
      if (!total) throw new Error(`no contestant ${contestant.id}`)
      // Parsed anew: a path that comes with an event is a string that nobody has hashed or flattened.
      const paths = (JSON.parse(texts[round % texts.length] ?? '[]') as string[]).slice(
        0,
        Math.ceil(job.block * contestant.share),
      )
      const wall = performance.now()
      const cpu = process.cpuUsage()
      let missed = 0
      for (const path of paths) if (contestant.find(path) < 0) missed++
      const { user, system } = process.cpuUsage(cpu)
      const wallTime = performance.now() - wall
      if (missed !== (mix.found || turnsAlwaysFound(contestant.id) ? 0 : paths.length)) {
        throw new Error(`${contestant.id} missed ${missed} of ${paths.length} paths (${mix.id}, ${size} routes)`)
      }
      if (round < job.warmup) continue
      total.cpu += user + system
      total.paths += paths.length
      total.blocks.cpu.push(((user + system) * 1000) / paths.length)
      total.blocks.wall.push((wallTime * 1e6) / paths.length)
    }
  }
  const cost = (id: string) => {
    const { cpu = Number.NaN, paths = 1 } = spent.get(id) ?? {}
    return (cpu * 1000) / paths
  }
  return {
    size,
    mix: mix.id,
    floor: cost('floor') - cost('harness'),
    matchers: Object.fromEntries(built.map(({ matcher }) => [matcher.id, cost(matcher.id) - cost('harness')])),
    blocks: Object.fromEntries(
      built.map(({ matcher }) => [matcher.id, spent.get(matcher.id)?.blocks ?? { cpu: [], wall: [] }]),
    ),
  }
}

function turnsAlwaysFound(id: string): boolean {
  return id === 'harness' || id === 'floor'
}
