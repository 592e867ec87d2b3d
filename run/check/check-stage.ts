import { type Stage, stageResult } from '../../command/stage.ts'
import { type PolicyWarning, policyWarnings } from '../../config/policy-warnings.ts'
import { UsageError } from '../../config/usage-error.ts'
import { type Check, check } from '../../result/result.ts'
import { type CheckedRequest, checkRequest, type RequestOptions } from './check-request.ts'
import { describePolicy, type Section } from './policy-description.ts'

export interface CheckOptions extends RequestOptions {
  /** Raw path of a request; without it the policy is described. */
  uri?: string
  expect?: 'allow' | 'deny'
}

/** What is made of a policy, or of one request under it. */
export interface CheckData {
  policy: Section[]
  warnings: PolicyWarning[]
  request?: CheckedRequest
}

/** Says who may read what under a policy, or what becomes of one request, and what is dangerous in the policy. */
export const checkStage: Stage<CheckOptions> = ({ config: { policy }, configFile }, options) =>
  stageResult('check', { config: configFile, ...inputsOf(options) }, async () => {
    refuseLonelyOptions(options)
    const warnings = policyWarnings(policy)
    const data: CheckData = {
      policy: describePolicy(policy),
      warnings,
      ...(options.uri === undefined ? {} : { request: await checkRequest(policy, options.uri, options) }),
    }
    const figures = check({
      id: 'check.warnings',
      title: 'dangers of the policy',
      value: warnings.length,
      unit: 'count',
      limit: null,
      direction: 'none',
    })
    return { checks: [figures, ...requestChecks(data.request, options.expect)], data: JSON.parse(JSON.stringify(data)) }
  })

function inputsOf({ uri, query, method, header, claims, provider, cookie, expect }: CheckOptions) {
  const given = { uri, query, method, header: header ? [...header] : undefined, claims, provider, cookie, expect }
  return JSON.parse(JSON.stringify(given))
}

function refuseLonelyOptions({ uri, claims, ...options }: CheckOptions): void {
  if (uri === undefined) {
    const lonely = Object.entries({ claims, ...options }).find(
      ([name, value]) => needsUri.has(name) && value !== undefined,
    )
    if (lonely) throw new UsageError(`--${lonely[0]}: is about one request; pass --uri PATH too`)
  } else if (!uri.startsWith('/') || /[?#]/.test(uri)) {
    throw new UsageError('--uri: should be a path such as /users/ann/plan.pdf; pass the query string with --query')
  }
  if (claims === undefined && (options.provider !== undefined || options.cookie))
    throw new UsageError(`--${options.cookie ? 'cookie' : 'provider'}: is about a token; pass --claims too`)
}

const needsUri = new Set(['query', 'method', 'header', 'claims', 'provider', 'cookie', 'expect'])

function requestChecks(request: CheckedRequest | undefined, expected: CheckOptions['expect']): Check[] {
  if (!request) return []
  return [
    {
      id: 'check.decision',
      title: `${request.method} ${request.uri}`,
      value: request.decision,
      unit: '',
      limit: expected ?? null,
      direction: 'none',
      verdict: expected === undefined || expected === request.decision ? 'pass' : 'fail',
      ...(expected === undefined ? {} : { detail: `expected: ${expected}` }),
    },
    {
      id: 'check.agreement',
      title: 'authorizer and rules',
      value: request.defect === undefined ? 'say the same' : 'differ',
      unit: '',
      limit: null,
      direction: 'none',
      verdict: request.defect === undefined ? 'pass' : 'fail',
      ...(request.defect === undefined ? {} : { detail: request.defect }),
    },
  ]
}
