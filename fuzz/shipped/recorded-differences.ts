/**
 * What the shipped peers are known to do otherwise than SEMANTICS.md, at these versions: seen by the fuzzer, replayed by
 * its tests, no more and no less. They are not findings of a run.
 */
import type { Rule } from '../../oracle/rules.ts'
import type { FindingClass } from '../finding.ts'
import type { ShippedHandler } from './shipped-handlers.ts'

export interface RecordedDifference {
  peer: Exclude<ShippedHandler, 'ours' | 'naive'>
  version: string
  class: FindingClass
  rule: Rule
  /** The attack that shows it. */
  attack: string
  /** What happens, and what to make of it. */
  evidence: string
}

const jose = { peer: 'jose', version: '6.2.17' } as const
const awsJwtVerify = { peer: 'aws-jwt-verify', version: '5.2.1' } as const
const fastJwt = { peer: 'fast-jwt', version: '6.3.6' } as const
const cognitoAtEdge = { peer: 'cognito-at-edge', version: '1.5.5' } as const

export const recordedDifferences: readonly RecordedDifference[] = [
  {
    ...jose,
    class: 'bypass',
    rule: 'token/crit',
    attack: 'header-crit-repeated',
    evidence: 'takes crit ["b64", "b64"] with b64 true; RFC 7515 4.1.11 forbids duplicates, nothing follows from them',
  },
  {
    ...jose,
    class: 'bypass',
    rule: 'token/b64',
    attack: 'header-b64-false-not-critical',
    evidence: 'ignores b64 false that crit does not name (RFC 7797 6 has it rejected); the payload is read as encoded',
  },
  {
    ...jose,
    class: 'bypass',
    rule: 'token/signature-spelling',
    attack: 'spelling-padding',
    evidence: 'decodes a padded or spaced signature: one signature has several spellings',
  },
  {
    ...jose,
    class: 'amplification',
    rule: 'keys/fetches',
    attack: 'keys-burst-while-refused',
    evidence: 'has no cooldown after a failed fetch: while the endpoint is down each request asks again',
  },
  {
    ...jose,
    class: 'false-denial',
    rule: 'order/allow',
    attack: 'jwks-null-member',
    evidence: 'refuses a whole key set for one member that is no object',
  },
  {
    ...awsJwtVerify,
    class: 'bypass',
    rule: 'token/crit',
    attack: 'header-crit-unknown',
    evidence: 'does not look at crit (RFC 7515 4.1.11 has unknown extensions rejected)',
  },
  {
    ...awsJwtVerify,
    class: 'bypass',
    rule: 'token/b64',
    attack: 'header-b64-false-encoded',
    evidence: 'does not look at b64 either; the payload is read as encoded',
  },
  {
    ...awsJwtVerify,
    class: 'bypass',
    rule: 'token/signature-spelling',
    attack: 'spelling-padding',
    evidence: 'allows padding, so that a signature has a second spelling',
  },
  {
    ...awsJwtVerify,
    class: 'amplification',
    rule: 'keys/fetches',
    attack: 'keys-burst-while-refused',
    evidence:
      'its penalty box counts unknown kids, not failed fetches: while the endpoint is down each request asks twice',
  },
  {
    ...awsJwtVerify,
    class: 'false-denial',
    rule: 'order/allow',
    attack: 'jwks-null-member-at-load',
    evidence: 'refuses a whole key set for one member that is no object',
  },
  {
    ...fastJwt,
    class: 'bypass',
    rule: 'token/crit',
    attack: 'header-crit-null',
    evidence: 'checks crit only where it is an array',
  },
  {
    ...fastJwt,
    class: 'bypass',
    rule: 'token/b64',
    attack: 'header-b64-false-not-critical',
    evidence: 'ignores b64 false that crit does not name; the payload is read as encoded',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/crit',
    attack: 'header-crit-unknown',
    evidence: 'verifies with aws-jwt-verify, which does not look at crit',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/b64',
    attack: 'header-b64-false-encoded',
    evidence: 'verifies with aws-jwt-verify, which does not look at b64',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/compact',
    attack: 'shape-percent-encoded',
    evidence: 'percent-decodes cookies: a token has further spellings',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/signature-spelling',
    attack: 'spelling-percent',
    evidence: 'percent-decodes cookies: a signature has further spellings',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/json',
    attack: 'spelling-percent',
    evidence: 'percent-decodes cookies: a payload has further spellings',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'claims/exp',
    attack: 'date-exp-missing',
    evidence: 'takes a token without exp, which never expires (Cognito issues none)',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'credentials/absent',
    attack: 'cookie-encoded-name',
    evidence: "percent-decodes the cookies' names",
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'token/type',
    attack: 'type-logout',
    evidence: 'does not look at typ: any JWT that the issuer signs for the client will do (Cognito signs no others)',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'claims/cnf',
    attack: 'bound-to-dpop',
    evidence: 'does not look at cnf: a token that is bound to a key passes without it (Cognito binds none)',
  },
  {
    ...cognitoAtEdge,
    class: 'bypass',
    rule: 'order/method',
    attack: 'method-OPTIONS',
    evidence: 'does not look at the method',
  },
  {
    ...cognitoAtEdge,
    class: 'leak',
    rule: 'leak/response',
    attack: 'credential-in-query-access-token',
    evidence: 'puts the query string into the redirect, with a token that a viewer left there',
  },
  {
    ...cognitoAtEdge,
    class: 'false-denial',
    rule: 'order/allow',
    attack: 'cookie-broken-percent',
    evidence: 'takes none of the cookies where one has a broken percent escape',
  },
  {
    ...cognitoAtEdge,
    class: 'open-redirect',
    rule: 'deny/location',
    attack: 'forwarded-host-d111111abcdef8-cloudfront-net-attacker-example',
    evidence: "takes the redirect_uri from the host header as it comes; Cognito checks it against the client's list",
  },
  {
    ...cognitoAtEdge,
    class: 'crash',
    rule: 'result/answer',
    attack: 'credential-in-query-other-names-3',
    evidence: "takes any code in the query to Cognito's token endpoint, and throws where that does not answer",
  },
  {
    ...cognitoAtEdge,
    class: 'amplification',
    rule: 'keys/fetches',
    attack: 'keys-burst-while-refused',
    evidence: 'as aws-jwt-verify: while the endpoint is down each request asks twice',
  },
]

export function isRecorded(handler: string, { class: name, rule }: { class: FindingClass; rule: string }): boolean {
  return recordedDifferences.some(
    (difference) => difference.peer === handler && difference.class === name && difference.rule === rule,
  )
}
