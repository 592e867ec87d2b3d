/** `bench --handler`: somebody's handler beside our authorizer, both under that somebody's policy, in the same rounds. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../build/bundle.ts'
import { type StageContext, stageResult } from '../command/stage.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { UsageError } from '../config/usage-error.ts'
import type { Check, Result } from '../result/result.ts'
import { startJwksServer } from './jwks-server.ts'
import { keysOf, type PolicyRequests, policyRequests } from './policy-requests.ts'
import { ratioCheck } from './ratio-check.ts'
import type { Case } from './rounds/cases.ts'
import { ratioTo, rawDetail } from './rounds/rounds-checks.ts'
import { type CaseSummary, measureRounds, type RoundsCase } from './rounds/rounds-suite.ts'
import { roundsTables } from './rounds/rounds-tables.ts'
import { sideBySideText } from './side-by-side.ts'
import type { SubjectBundle } from './subject-bundles.ts'

/** Its id among the subjects, before ours: the first is the one that checks are about. */
const own = 'handler'
const ours = 'edgeproof'

const plan = { warmup: 40, rounds: 22 }
const cases: readonly RoundsCase[] = [
  { id: 'warm', subjects: [own, ours], plan: { ...plan, block: 32 } },
  { id: 'hot', subjects: [own, ours], plan: { ...plan, block: 256 } },
  { id: 'denied', subjects: [own, ours], plan: { ...plan, block: 64 } },
]
const titles: Readonly<Record<string, string>> = {
  warm: 'a token never seen',
  hot: 'a token seen before',
  denied: 'requests that have to be denied',
}
const freshRequests = 32 * (plan.warmup + plan.rounds)
const primers = 8

/**
 * Warm, hot and denied requests of the policy, in CPU time, to one bare `crypto.verify` and to our authorizer. Nothing has a
 * limit unless the configuration is the user's own (`limits`).
 *
 * @throws UsageError where the handler does not answer as the policy says.
 */
export function benchHandler(
  { config: { policy }, configFile, progress, signal }: StageContext,
  {
    handler,
    processes,
    limits,
  }: { handler: string; processes: number; limits: Readonly<Record<string, number | undefined>> },
): Promise<Result> {
  if (!existsSync(handler)) throw new UsageError(`${handler}: not found; pass --handler FILE, as it is deployed`)
  return stageResult('bench', { config: configFile, handler, processes }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-'))
    const server = await startJwksServer({ closes: true })
    try {
      progress.step('making requests from the policy')
      const file = join(directory, 'cases.json')
      writeFileSync(file, JSON.stringify(await casesOf(await policyRequests(policy))))
      const bundles = [subject(own, resolve(handler)), subject(ours, authorizerFile(policy, directory))]
      const issuers = withDefaults(policy).providers.flatMap((provider) => provider.issuers)
      const given = { casesFile: file, keys: { from: issuers.map(({ jwksUri }) => jwksUri), to: server.jwksUri } }
      const budget = { processes, seconds: Number.POSITIVE_INFINITY }
      const summaries = await measureRounds(cases, bundles, 0, budget, { progress, signal }, given).catch((error) => {
        throw signal.aborted ? error : (wrongAnswer(handler, error as Error) ?? error)
      })
      progress.clear()
      for (const table of roundsTables(summaries, new Map())) progress.log(sideBySideText(table))
      return {
        checks: summaries.flatMap((summary) => checksOf(summary, limits)),
        data: JSON.parse(JSON.stringify({ cases: summaries })),
      }
    } finally {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
}

async function casesOf({ fresh, seen, denied, tokens }: PolicyRequests): Promise<Record<string, Case>> {
  const all = await fresh(freshRequests + primers)
  const primer = all.slice(0, primers)
  const items = (await tokens(256)).map((token) => ({ token, event: '' }))
  const again = await seen()
  const shared = { items, primer }
  return {
    warm: { id: 'warm', expected: 'allowed', events: all.slice(primers), repeatable: false, ...shared },
    hot: { id: 'hot', expected: 'allowed', events: again, repeatable: true, ...shared, primer: again },
    denied: { id: 'denied', expected: 'denied', events: await denied(256), repeatable: true, ...shared },
  }
}

function subject(id: string, file: string): SubjectBundle {
  return { id, title: id, entry: '', credentials: 'header', routes: true, keys: 'none', share: 1, file, bytes: 0 }
}

function authorizerFile(policy: Policy, directory: string): string {
  const fetchedAt = Date.now()
  const snapshots = Object.fromEntries(
    Object.entries(keysOf(policy)).map(([issuer, set]) => [issuer, { fetchedAt, ...set }]),
  )
  const file = join(directory, 'edgeproof.js')
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}')
  writeFileSync(file, deployable(bundleAuthorizer(policy).program, { policy, snapshots }))
  return file
}

function checksOf(summary: CaseSummary, limits: Readonly<Record<string, number | undefined>>): Check[] {
  const { id, subjects } = summary
  const [handler, authorizer] = subjects
  if (!handler || !authorizer) throw new Error('both take part')
  return [
    ratioCheck(
      `bench.${id}.floor`,
      `${titles[id]}: to one crypto.verify`,
      handler.toVerify,
      limits[id] ?? null,
      rawDetail(summary),
    ),
    ratioCheck(`bench.${id}.edgeproof`, `${titles[id]}: to edgeproof's authorizer`, ratioTo(handler, authorizer), null),
  ]
}

/** What a measured process said of the handler, as a line for the user. */
function wrongAnswer(handler: string, { message }: Error): UsageError | undefined {
  const [, said] = /\bhandler: (\d+ of \d+ \w+ requests were allowed)/.exec(message) ?? []
  if (said === undefined) return undefined
  return new UsageError(
    `${handler}: ${said}, which the policy does not say; pass the policy that it enforces, and see what fuzz finds in it`,
  )
}
