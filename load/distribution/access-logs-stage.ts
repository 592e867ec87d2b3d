/** `edgeproof load logs`: what k6 saw in an earlier run, joined by id with what CloudFront logged of it. */

import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Stage, stageResult } from '../../command/stage.ts'
import { typedCommand } from '../../command/typed-command.ts'
import { UsageError } from '../../config/usage-error.ts'
import { check } from '../../result/result.ts'
import { IdJoin, type Seen } from '../measurement/id-join.ts'
import { readAccessLog } from './access-logs.ts'

/** In the results' directory: one JSON line for each request of the last run against a real target. */
export const requestsFile = 'load-requests.ndjson'

export interface AccessLogsOptions {
  /** Log files, as CloudFront delivered them. */
  files: string[]
}

export const accessLogsStage: Stage<AccessLogsOptions> = async ({ out }, { files }) => {
  const requests = join(out, requestsFile)
  if (!existsSync(requests)) {
    throw new UsageError(
      `${requests}: not found; run "${typedCommand('load --target URL')}" first, with the same --out`,
    )
  }
  return stageResult('accesslogs', { files }, async () => {
    const joined = new IdJoin<Seen, Seen>(() => {})
    for await (const line of createInterface({ input: createReadStream(requests) }))
      joined.addK6(JSON.parse(line) as Seen)
    let others = 0
    for (const file of files) {
      await readAccessLog(file, (request) => {
        // A distribution in use logs everybody's requests; only ours are asked for.
        if (joined.expects(request.id)) joined.addEdge(request)
        else others += 1
      })
    }
    const counts = joined.counts()
    const count = (id: string, title: string, value: number, limit: number | null, detail?: string) =>
      check({
        id: `accesslogs.${id}`,
        title,
        value,
        unit: 'count',
        limit,
        direction: limit === null ? 'none' : 'lower',
        ...(detail ? { detail } : {}),
      })
    return {
      checks: [
        count('joined', 'requests found in the logs', counts.joined, null),
        count(
          'missing',
          'requests that no log holds',
          counts.onlyK6,
          0,
          'logs may arrive hours late, and CloudFront promises no completeness',
        ),
        count('hits', "k6's hits less the logs'", Math.abs(counts.k6Hits - counts.edgeHits), 0),
        count(
          'disagreements',
          'requests on which the two disagree',
          counts.disagreements,
          0,
          counts.example ?? undefined,
        ),
        count('others', "other viewers' requests in the logs", others, null),
      ],
    }
  })
}
