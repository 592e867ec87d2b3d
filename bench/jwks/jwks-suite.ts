/** Suite `jwks`: what a refresh and a rotation of the issuer's keys cost the request that meets them, each sample a process of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { createSigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import { measureInProcess } from '../child-process.ts'
import type { JwksServer } from '../jwks-server.ts'
import { type Figure, figureOf } from '../samples-by-process.ts'
import type { SubjectBundle } from '../subject-bundles.ts'
import { eventText, jwks, loadWorkload, policy } from '../workload.ts'

const program = fileURLToPath(new URL('key-change.cjs', import.meta.url))

interface KeyChange {
  id: 'refresh' | 'rotation'
  title: string
  /** How far the sandbox's clock moves on before the request. */
  advanceSeconds: number
}

export const keyChanges: readonly KeyChange[] = [
  { id: 'refresh', title: 'refresh: two hours after the keys were fetched', advanceSeconds: 7200 },
  { id: 'rotation', title: 'rotation: a token under a new key, a minute later', advanceSeconds: 60 },
]

interface ChangeReport {
  wall: number
  cpu: number
  settledCpu: number
  requests: number
}

export interface JwksSummary {
  change: KeyChange['id']
  subjects: {
    id: string
    /** Milliseconds until the response. */
    wall: Figure
    cpu: Figure
    /** Milliseconds of CPU time until nothing was under way any more. */
    settledCpu: Figure
    /** Settled CPU time to that of the floor, which fetches the set, imports the key and verifies at each request. */
    toFloor: Figure
    /** How often the change made it ask for the keys again: the most in any process. */
    requests: number
  }[]
}

/** `floor` is the id of the subject that fetches at each request. */
export async function measureKeyChanges(
  bundles: readonly SubjectBundle[],
  floor: string,
  server: JwksServer,
  processes: number,
  directory: string,
  { progress, signal }: Pick<StageContext, 'progress' | 'signal'>,
): Promise<JwksSummary[]> {
  const events = await writeEvents(directory)
  const summaries: JwksSummary[] = []
  for (const { id: change, advanceSeconds } of keyChanges) {
    const reports = new Map<string, ChangeReport[]>(bundles.map(({ id }) => [id, []]))
    for (let turn = 0; turn < processes; turn++) {
      progress.step(`jwks ${change}: fresh processes`, turn, processes)
      for (const { id, file } of bundles) {
        signal.throwIfAborted()
        server.publish(jwks.keys, change === 'rotation' ? [events.newKey, ...jwks.keys] : jwks.keys)
        const job = { file, firstEvent: events.first, secondEvent: events[change], advanceSeconds }
        const { report } = await measureInProcess<ChangeReport>(program, job, { signal })
        reports.get(id)?.push(report)
      }
    }
    summaries.push({ change, subjects: summarize(reports, floor) })
  }
  return summaries
}

function summarize(reports: ReadonlyMap<string, readonly ChangeReport[]>, floor: string): JwksSummary['subjects'] {
  const floorReports = reports.get(floor) ?? []
  return [...reports].map(([id, own]) => ({
    id,
    wall: figureOf(own.map(({ wall }) => wall)),
    cpu: figureOf(own.map(({ cpu }) => cpu)),
    settledCpu: figureOf(own.map(({ settledCpu }) => settledCpu)),
    toFloor: figureOf(own.map(({ settledCpu }, turn) => settledCpu / (floorReports[turn]?.settledCpu ?? Number.NaN))),
    requests: Math.max(...own.map(({ requests }) => requests)),
  }))
}

async function writeEvents(directory: string) {
  const [first, second] = loadWorkload().valid
  if (!first || !second) throw new Error('the workload is empty')
  const key = await createSigningKey()
  const claims = JSON.parse(Buffer.from(second.token.split('.')[1] ?? '', 'base64url').toString())
  const { uri } = JSON.parse(second.event).Records[0].cf.request
  const rotated = eventText(uri, mint(key, { ...claims, iss: policy.issuer }), 'rotation')
  const write = (name: string, text: string) => {
    const file = join(directory, `${name}-event.json`)
    writeFileSync(file, text)
    return file
  }
  return {
    first: write('first', first.event),
    refresh: write('refresh', second.event),
    rotation: write('rotation', rotated),
    newKey: key.jwk,
  }
}
