/** A distribution that somebody else runs: where it is, who may read what there, and with which tokens. */
import { readFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import type { Policy } from '../../authorizer/policy.ts'
import { UsageError } from '../../config/usage-error.ts'
import { givenCredentials } from '../../testing/population/credentials.ts'
import { expectedOutcome, type Identity, routeOf } from '../../testing/population/expectation.ts'
import type { SiteObject } from '../../testing/population/population.ts'
import { readPathList } from '../function-under-load.ts'
import type { LoadTarget } from '../load-run.ts'
import type { RequestClass, Scenario } from '../scenarios/scenario.ts'
import type { Distribution } from './load-testing-policy.ts'

export interface RealTargetOptions {
  /** URL, or the file that `cdk deploy --outputs-file` wrote. */
  target: string
  /** File with `{ "tokens": […] }`, as `edgeproof tokens` writes it. */
  tokens?: string
  /** File with one existing path on each line, percent-encoded. */
  paths?: string
}

/** Throws a UsageError for files that are not what they should be. */
export async function realTarget(
  policy: Policy,
  options: RealTargetOptions,
): Promise<LoadTarget & { distribution: Distribution }> {
  const { url, id } = addressOf(options.target)
  const tokens = options.tokens === undefined ? [] : readTokens(options.tokens)
  if (options.paths === undefined) {
    throw new UsageError('--paths: missing; a real target needs a file with one existing path on each line')
  }
  const objects = readPaths(options.paths, policy)
  const identities = new Map(tokens.map((token) => [identityOf(token, options.tokens ?? ''), token] as const))
  const reader = (identity: Identity | null) => {
    const granted = objects.filter(
      ({ path }) =>
        (routeOf(policy, path)?.public === true) === (identity === null) &&
        expectedOutcome(policy, path, identity) === 'allow',
    )
    return { identity, folders: granted.length > 0 ? [granted] : [] }
  }
  const population = { anyone: reader(null), users: [...identities.keys()].map(reader) }
  if (population.anyone.folders.length === 0 && population.users.every(({ folders }) => folders.length === 0)) {
    throw new UsageError(`${options.paths}: the policy grants none of these paths to anybody whose token is given`)
  }
  const bySub = new Map([...identities].map(([{ sub }, token]) => [sub, token]))
  return {
    url,
    policy,
    population,
    credentials: await givenCredentials(policy, bySub),
    distribution: { id, host: new URL(url).hostname },
  }
}

/** What of a scenario can be done with a target that is not ours; a UsageError where that is too little. */
export function forRealTarget(scenario: Scenario): Scenario {
  if (scenario.events || scenario.tokens === 'per-request' || scenario.objects === 'fresh') {
    throw new UsageError(
      `--scenario: ${scenario.name} needs the local edge; leave --target out, or choose smoke, steady, hostile, spike or soak`,
    )
  }
  const { jwks: _, ...rest } = scenario
  // Only the issuer makes tokens of the last two; whether a preflight is granted is up to a bucket that nobody reads.
  const impossible: RequestClass[] = ['preflight', 'expired', 'withdrawn']
  const mix = Object.fromEntries(
    Object.entries(scenario.mix).filter(([kind]) => !impossible.includes(kind as RequestClass)),
  )
  return { ...rest, mix }
}

/** Asks for one path before the load. A UsageError: no answer. Null: the target can be measured. Else why not. */
export async function whyNotMeasurable({ url, population }: LoadTarget, signal: AbortSignal): Promise<string | null> {
  const path = [population.anyone, ...population.users].flatMap(({ folders }) => folders.flat())[0]?.path ?? '/'
  let response: Response
  try {
    response = await fetch(url + path, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    })
  } catch (error) {
    signal.throwIfAborted()
    const { cause, message } = error as Error
    throw new UsageError(
      `--target: ${url} does not answer (${cause instanceof Error ? cause.message : message}); is it deployed, and reachable from here?`,
    )
  }
  await response.body?.cancel()
  if (response.headers.has('x-cache')) return null
  return `${url}${path} answers ${response.status} without X-Cache: not CloudFront, or something in front of it; hits cannot be counted`
}

function addressOf(target: string): { url: string; id: string | null } {
  if (URL.canParse(target) && /^https?:$/.test(new URL(target).protocol))
    return { url: new URL(target).origin, id: null }
  const stacks = readJson(target, '--target') as Record<string, Record<string, unknown> | undefined>
  for (const outputs of Object.values(stacks)) {
    const { DistributionDomain, DistributionId } = outputs ?? {}
    if (typeof DistributionDomain !== 'string') continue
    return { url: `https://${DistributionDomain}`, id: typeof DistributionId === 'string' ? DistributionId : null }
  }
  throw new UsageError(
    `--target: ${target} has no output DistributionDomain; write it with cdk deploy --outputs-file ${target}`,
  )
}

/** The access tokens of a file that `edgeproof tokens` wrote. */
export function readTokens(file: string): string[] {
  const { tokens } = readJson(file, '--tokens') as { tokens?: unknown }
  if (Array.isArray(tokens) && tokens.length > 0 && tokens.every((token) => typeof token === 'string')) return tokens
  throw new UsageError(
    `--tokens: ${file} should hold { "tokens": ["…"] } with at least one token; edgeproof tokens writes one`,
  )
}

/** Who a token is for. Not verified here: the target does that. */
export function identityOf(token: string, file: string): Identity {
  try {
    const claims = decodeJwt(token)
    const groups = claims['cognito:groups']
    const strings = Object.entries(claims).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    return {
      sub: claims.sub ?? '',
      groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
      claims: Object.fromEntries(strings),
    }
  } catch {
    throw new UsageError(`--tokens: ${file} holds something that is no JWT; edgeproof tokens writes one`)
  }
}

function readPaths(file: string, policy: Policy): SiteObject[] {
  return readPathList(file).map((path) => ({ path, route: routeOf(policy, path)?.path ?? '', md5: null }))
}

function readJson(file: string, option: string): unknown {
  const text = readText(file, option)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${option}: ${file} is not JSON`)
  }
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
