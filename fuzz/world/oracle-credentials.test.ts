/** SEMANTICS.md, "Credentials", of several sources and cookies (P11 to P16, P20). */
import { describe, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { isCredentialCookie, isCredentialHeader } from '../../oracle/credentials.ts'
import {
  allow,
  deny,
  forbid,
  good,
  issuer,
  jwksUri,
  may,
  policyOf,
  rows,
  type Situation,
  seconds,
  tokenOf,
} from './situation.ts'

describe('credentials', () => {
  const token = (claims: object = {}) => tokenOf({ claims })
  const expired = () => token({ exp: seconds - 60 })
  const session = (value: string, more: Situation = {}): Situation => ({
    policy: { credentials: { cookie: 's' } },
    headers: { cookie: value },
    ...more,
  })
  const chunked = (value: string): Situation =>
    session(value, { policy: { credentials: { cookie: 's', chunks: true } } })
  const cut = (text = token(), at = 300) => [text.slice(0, at), text.slice(at)] as const
  const amplify = (cookie: string): Situation =>
    session(cookie, { policy: { credentials: { cookie: 'C.{client}.{lastUser}.t' } } })
  const both: Partial<Policy> = { credentials: ['header', { cookie: 's' }] }
  const sent = (authorization: string, cookie: string): Situation => ({
    policy: both,
    headers: { authorization, cookie },
  })
  const assertion: Partial<Policy> = { credentials: { header: 'Cf-Access-Jwt-Assertion', scheme: null } }
  rows([
    ['P11: chunks', () => chunked(`s.1=${cut()[1]}; s.0=${cut()[0]}`), allow],
    ['P11: a gap', () => chunked(`s.0=${token()}; s.2=x`), may('credentials/chunks', 'deny')],
    ['P11: a gap in a token', () => chunked(`s.0=${cut()[0]}; s.2=${cut()[1]}`), deny('token/signature')],
    ['P11: a tenth', () => chunked(`s.0=${token()}; s.9=x`), may('credentials/chunks', 'deny')],
    ['a tenth alone', () => chunked(`s.9=${token()}`), deny('credentials/chunks')],
    [
      'a chunk that is there twice',
      () => chunked(`s.0=${cut()[0]}; s.1=${cut()[1]}; s.1=x`),
      may('credentials/chunks', 'deny'),
    ],
    ['an empty chunk is none', () => chunked(`s.0=${token()}; s.1=`), allow],
    ['the name itself without chunks', () => chunked(`s=${token()}`), allow],
    ['beside chunks, which count', () => chunked(`s.0=${token()}; s=x`), may('credentials/chunks', 'allow')],
    ['and which do not verify', () => chunked(`s=${token()}; s.0=x`), may('credentials/chunks', 'deny')],
    ['chunks where the source has none', () => session(`s.0=${token()}`), deny('credentials/absent')],
    [
      'P12: fresh and expired',
      () => session(`s=${token()}; s=${expired()}`),
      may('credentials/several-cookies', 'allow'),
    ],
    [
      'P12: expired and fresh',
      () => session(`s=${expired()}; s=${token()}`),
      may('credentials/several-cookies', 'allow'),
    ],
    ['P12: the same twice', () => session(`s=${token()}; s=${token()}; s=`), allow],
    [
      'P12: two of one subject, of which the longer one decides',
      () => session(`s=${token({ ok: true })}; s=${token({ exp: good.exp + 1 })}`, { route: { claims: { ok: true } } }),
      may('credentials/several-cookies', 'deny'),
    ],
    [
      'P12: and has the right',
      () => session(`s=${token()}; s=${token({ exp: good.exp + 1, ok: true })}`, { route: { claims: { ok: true } } }),
      may('credentials/several-cookies', 'allow'),
    ],
    [
      'P12: none has the right',
      () => session(`s=${expired()}; s=${token()}`, { route: { claims: { ok: true } } }),
      forbid('paths/claims'),
    ],
    [
      'P12: none has the right, for others',
      () => ({ ...session(`s=${expired()}; s=${token()}`, { route: { claims: { ok: true } } }), whose: 'foreign' }),
      deny('claims/exp'),
    ],
    [
      'P12: of two that are good, none has the right, for others, who may ask for one cookie',
      () => ({
        ...session(`s=${token()}; s=${token({ exp: good.exp + 1 })}`, { route: { claims: { ok: true } } }),
        whose: 'foreign',
      }),
      deny('paths/claims'),
    ],
    [
      'quoted, or on two lines',
      () => ({ policy: { credentials: { cookie: 's' } }, headers: { cookie: [`s="${token()}"`, 'a=b'] } }),
      may('credentials/cookie-lines', undefined),
    ],
    [
      'an earlier cookie of white space',
      () => ({
        policy: { credentials: [{ cookie: 's' }, 'header'] },
        headers: { cookie: 's= ', authorization: `Bearer ${token()}` },
      }),
      may('credentials/around', undefined),
    ],
    [
      'a good one in the fifth place',
      () => session(`s=1; s=2; s=3; s=4; s=${token()}`),
      may('credentials/several-cookies', 'deny'),
    ],
    ['none that verifies', () => session('s=1; s=2'), deny('token/compact')],
    [
      'P13: two subjects',
      () => session(`s=${token()}; s=${token({ sub: 'you' })}`),
      may('credentials/two-subjects', 'deny'),
    ],
    [
      'P13: one of them expired',
      () => session(`s=${token()}; s=${token({ sub: 'you', exp: seconds - 60 })}`),
      may('credentials/several-cookies', 'allow'),
    ],
    [
      'P13: one subject of two issuers',
      () =>
        session(`s=${token()}; s=${token({ iss: 'https://two.example' })}`, {
          provider: { issuer: [issuer, 'https://two.example'], jwksUri },
        }),
      may('credentials/two-subjects', 'deny'),
    ],
    [
      'two without a subject',
      () => session(`s=${token({ sub: undefined })}; s=${token({ sub: undefined, exp: good.exp + 1 })}`),
      may('credentials/two-subjects', 'deny'),
    ],
    [
      'two subjects, none of which has the right',
      () => session(`s=${token()}; s=${token({ sub: 'you' })}`, { route: { claims: { ok: true } } }),
      deny('credentials/two-subjects'),
    ],
    [
      'P14: the user that LastAuthUser names',
      () => amplify(`C.portal.a.t=${token({ sub: 'a' })}; C.portal.LastAuthUser=b; C.portal.b.t=${token()}`),
      allow,
    ],
    [
      'P14: percent-encoded',
      () => amplify(`C.portal.a.t=x; C.portal.LastAuthUser=b%40example.com; C.portal.b@example.com.t=${token()}`),
      allow,
    ],
    [
      'P14: another user alone',
      () => amplify(`C.portal.LastAuthUser=b; C.portal.a.t=${token()}`),
      may('credentials/last-user', 'deny'),
    ],
    [
      'P14: without it, two users',
      () => amplify(`C.portal.a.t=${token({ sub: 'a' })}; C.portal.b.t=${token()}`),
      may('credentials/two-subjects', 'deny'),
    ],
    [
      'P14: without it, one of them expired',
      () => amplify(`C.portal.a.t=${expired()}; C.portal.b.t=${token()}`),
      may('credentials/several-cookies', 'allow'),
    ],
    [
      'P14: that of another client of the policy neither',
      () => ({
        ...amplify(`C.gate.LastAuthUser=b; C.portal.a.t=${token()}`),
        provider: { clientIds: ['portal', 'gate'] },
      }),
      allow,
    ],
    ['P14: an empty one neither', () => amplify(`C.portal.LastAuthUser=; C.portal.a.t=${token()}`), allow],
    [
      'P14: cookies of other users alone are not present',
      () => ({
        policy: { credentials: [{ cookie: 'C.{client}.{lastUser}.t' }, 'header'] },
        headers: { cookie: 'C.portal.LastAuthUser=b; C.portal.a.t=x', authorization: `Bearer ${token()}` },
      }),
      allow,
    ],
    [
      'P14: that of another client names nobody',
      () => amplify(`C.other.LastAuthUser=b; C.portal.a.t=${token()}`),
      allow,
    ],
    [
      'P15: the header, unless who refuses two',
      () => sent(`Bearer ${token()}`, 's=x'),
      may('credentials/source', 'allow'),
    ],
    ['two that are good', () => sent(`Bearer ${token()}`, `s=${token()}`), may('credentials/source', 'allow')],
    ['P15: the cookie, where the header is of another scheme', () => sent('Basic x', `s=${token()}`), allow],
    ['P15: the cookie alone', () => ({ policy: both, headers: { cookie: `s=${token()}` } }), allow],
    ['P15: a bad header decides', () => sent('Bearer x', `s=${token()}`), may('credentials/source', 'deny')],
    ['P15: both are bad', () => sent('Bearer x', 's=y'), deny('token/compact')],
    ['P15: neither is there', () => ({ policy: both, headers: {} }), deny('credentials/absent')],
    ['a scheme alone is present', () => sent('Bearer', `s=${token()}`), may('credentials/source', 'deny')],
    ['what begins like the scheme is none', () => sent('Bearerx', `s=${token()}`), allow],
    [
      'a bad cookie on two lines, before a good header',
      () => ({
        policy: { credentials: [{ cookie: 's' }, 'header'] },
        headers: { cookie: ['a=b', 's=x'], authorization: `Bearer ${token()}` },
      }),
      may('credentials/source', undefined),
    ],
    [
      'an empty header is not present',
      () => ({
        policy: { credentials: [{ header: 'x-token', scheme: null }, 'header'] },
        headers: { 'x-token': '', authorization: `Bearer ${token()}` },
      }),
      allow,
    ],
    ['white space before the scheme', () => sent(' Bearer x', `s=${token()}`), may('credentials/source', 'allow')],
    [
      'an empty cookie is not present',
      () => ({
        policy: { credentials: [{ cookie: 's' }, 'header'] },
        headers: { cookie: 's=', authorization: `Bearer ${token()}` },
      }),
      allow,
    ],
    [
      'P16: a header without a scheme',
      () => ({ policy: assertion, headers: { 'cf-access-jwt-assertion': token() } }),
      allow,
    ],
    [
      'P16: with one',
      () => ({ policy: assertion, headers: { 'cf-access-jwt-assertion': `Bearer ${token()}` } }),
      deny('token/compact'),
    ],
    [
      'P16: twice',
      () => ({ policy: assertion, headers: { 'cf-access-jwt-assertion': [token(), token()] } }),
      deny('credentials/several'),
    ],
    ['P16: the authorization header does not count then', () => ({ policy: assertion }), deny('credentials/absent')],
    [
      'a scheme of another name',
      () => ({
        policy: { credentials: { header: 'authorization', scheme: 'Token' } },
        headers: { authorization: `token ${token()}` },
      }),
      allow,
    ],
    [
      'P20: 200 groups',
      () => ({ claims: { groups: Array.from({ length: 200 }, (_, n) => `group-of-people-with-a-long-name-${n}`) } }),
      allow,
    ],
    [
      'P20: over 16,384 characters',
      () => ({ claims: { padding: 'x'.repeat(16_384) } }),
      may('credentials/size', 'deny'),
    ],
  ])
  test('P15: every named source is a credential, whichever decides', () => {
    const policy = policyOf({
      policy: {
        credentials: [
          'header',
          { header: 'X-Token', scheme: null },
          { cookie: 's', chunks: true },
          { cookie: 'C.{client}.{lastUser}.t' },
        ],
      },
    })
    expect(['authorization', 'x-token', 'cookie'].map((name) => isCredentialHeader(policy, name))).toEqual([
      true,
      true,
      false,
    ])
    const cookies = ['s', 's.0', 's.8', 'C.portal.anybody.t', 's.x', 't', 'C.other.me.t', 'C.portal.LastAuthUser']
    expect(cookies.filter((name) => isCredentialCookie(policy, name))).toEqual(cookies.slice(0, 4))
  })
})
