/** One request under a policy of named providers, and what the page says about it: rows for the tests of the oracle. */
import { expect, test } from 'vitest'
import type { Policy, Provider, Route } from '../../authorizer/policy.ts'
import { createOracle } from '../../oracle/oracle.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { createSigningKey, type SigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'

export const start = Date.UTC(2026, 0, 15, 12)
export const seconds = start / 1000
export const issuer = 'https://tenant.eu.auth.example'
export const jwksUri = `${issuer}/.well-known/jwks.json`
const staff: Provider = { issuer, tokenUse: null, clientIds: ['portal'] }
export const partnersIssuer = 'https://partners.example.org'
export const partners: Provider = { issuer: partnersIssuer, tokenUse: null, clientIds: ['gate'] }
export const good = { iss: issuer, aud: 'portal', sub: 'me', exp: seconds + 3600, iat: seconds }

/** `rsa` and `ec` have one `kid`; `other` is a second RSA key. */
const [rsa, other, ec, ed] = await Promise.all([
  createSigningKey('RS256', 'one'),
  createSigningKey('RS256', 'two'),
  createSigningKey('ES256', 'one'),
  createSigningKey('EdDSA', 'ed'),
])
export const keys = { rsa, other, ec, ed }

export interface Situation {
  /** Changes of the provider, whose name is `staff`. */
  provider?: Partial<Provider>
  others?: Record<string, Provider>
  policy?: Partial<Policy>
  route?: Omit<Route, 'path'> & { path?: string }
  /** Members of the key set at the provider's URL; default the one RSA key. */
  keys?: readonly object[]
  /** Answers of other URLs. */
  serve?: ServedUrls
  /** Changes of the good payload, and of its header. */
  claims?: object
  header?: object
  by?: SigningKey
  uri?: string
  /** In the place of `authorization: Bearer <token>`. */
  headers?: Record<string, string | readonly string[]>
  whose?: 'ours' | 'foreign'
}

export function answer(keys: readonly object[]): ServedUrls[string] {
  return { kind: 'body', body: JSON.stringify({ keys }) }
}

export function tokenOf({ claims, header, by = rsa }: Situation): string {
  return mint(by, { ...good, ...claims }, header)
}

export function policyOf({ provider, others, policy, route }: Situation): Policy {
  return {
    providers: { staff: { ...staff, ...provider }, ...others },
    jwks: { maxAge: 600, maxStale: 3600 },
    ...policy,
    routes: [{ path: '/files/*', ...route }],
  } as Policy
}

async function judge(situation: Situation): Promise<Verdict> {
  const { keys = [rsa.jwk], serve, headers, uri = '/files/a', whose = 'ours' } = situation
  const oracle = createOracle(policyOf(situation), whose)
  await oracle.serve({ [String(situation.provider?.jwksUri ?? jwksUri)]: answer(keys), ...serve }, start)
  const sent = headers ?? { authorization: `Bearer ${tokenOf(situation)}` }
  return oracle.judge(viewerRequestEvent(uri, { headers: sent }), start)
}

interface Expected {
  outcome: Verdict['outcome']
  rule?: Verdict['rule']
  ours?: Verdict['ours'] | undefined
  isForbidden?: true
}

export type Row = [title: string, situation: () => Situation, expected: Expected]

export const allow: Expected = { outcome: 'must-allow' }
export const deny = (rule: Verdict['rule']): Expected => ({ outcome: 'must-deny', rule })
export const forbid = (rule: Verdict['rule']): Expected => ({ outcome: 'must-deny', rule, isForbidden: true })
export const may = (rule: Verdict['rule'], ours: Verdict['ours']): Expected => ({ outcome: 'may', rule, ours })
export const lax = (rule: Verdict['rule'], ours: Verdict['ours']): Expected => ({ outcome: 'lax', rule, ours })

export function rows(all: Row[]): void {
  test.each(all)('%s', async (_title, situation, expected) => {
    const verdict = await judge(situation())
    const { outcome, rule = verdict.rule } = expected
    expect(verdict).toMatchObject({ outcome, rule })
    expect(verdict.ours).toBe('ours' in expected ? expected.ours : verdict.ours)
    // Nor forbidden where that is not expected: a login page helps then.
    expect(verdict.isForbidden).toBe(expected.isForbidden)
  })
}
