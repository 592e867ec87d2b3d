/** A policy from a few answers. */
import type { CredentialSource, OneProviderPolicy, Route } from '../../authorizer/policy.ts'
import { parsePolicy } from '../../config/config.ts'
import { UsageError } from '../../config/usage-error.ts'
import { type ProviderKind, providerKinds } from './provider-kinds.ts'

export interface PolicyAnswers {
  provider: string
  /** What the kind of provider asks for. */
  issuer: string
  client: string
  /** Only where the kind of provider has them. */
  audience?: string
  /** `header`, `header:NAME` or `cookie:NAME`. */
  credential: string
  /** `PATTERN`, `PATTERN=public` or `PATTERN=GROUP,GROUP`. */
  paths: readonly string[]
}

/** @throws UsageError that names the option. */
export function newPolicy(answers: PolicyAnswers): OneProviderPolicy {
  const kind = providerKind(answers.provider)
  const { audience } = answers
  const policy: OneProviderPolicy = {
    ...kind.fields(answers.issuer),
    clientIds: [answers.client],
    ...(audience === undefined || audience === '' ? {} : { audiences: [audience] }),
    routes: answers.paths.map(routeOf),
    ...(answers.credential === 'header' ? {} : { credentials: credentialOf(answers.credential) }),
  }
  return parsePolicy(policy, 'init') as OneProviderPolicy
}

export function providerKind(name: string): ProviderKind {
  const kind = providerKinds.find((one) => one.name === name)
  if (kind) return kind
  throw new UsageError(`--provider: "${name}" is none of ${providerKinds.map((one) => one.name).join(', ')}`)
}

function credentialOf(text: string): CredentialSource {
  const [, kind, name = ''] = /^(header|cookie):(\S+)$/.exec(text) ?? []
  if (kind === 'header') return { header: name, scheme: null }
  if (kind === 'cookie') return { cookie: name }
  throw new UsageError(`--credential: "${text}" should be header, header:NAME or cookie:NAME`)
}

function routeOf(text: string): Route {
  const [path = '', rights] = text.split('=')
  if (rights === undefined) return { path }
  return rights === 'public' ? { path, public: true } : { path, groups: rights.split(',') }
}
