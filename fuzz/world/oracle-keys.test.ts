/** SEMANTICS.md, "Token" and "The issuer's keys", of several issuers and keys (P1 to P6, P17 to P19, P25, P26, P28). */
import { describe, expect, test } from 'vitest'
import { createOracle } from '../../oracle/oracle.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import {
  allow,
  answer,
  deny,
  issuer,
  jwksUri,
  keys,
  lax,
  may,
  partners,
  partnersIssuer,
  policyOf,
  rows,
  type Situation,
  start,
  tokenOf,
} from './situation.ts'

const { rsa, other, ec, ed } = keys

describe('issuers', () => {
  const slash = { issuer: `${issuer}/` }
  const two = { issuer: ['accounts.example', 'https://accounts.example'], jwksUri: 'https://keys.example/jwks' }
  const entra = { issuer: 'https://login.example/{tid}/v2.0', jwksUri: 'https://keys.example/jwks', tenants: ['t1'] }
  const iss = (tid: string) => `https://login.example/${tid}/v2.0`
  rows([
    [
      'P1: the slash at the end is taken off for the keys',
      () => ({ provider: slash, claims: { iss: `${issuer}/` } }),
      allow,
    ],
    ['P1: and compared in iss', () => ({ provider: slash }), deny('claims/iss')],
    ['P1: an issuer without it', () => ({ claims: { iss: `${issuer}/` } }), deny('claims/iss')],
    ['P17: an issuer that is no URL', () => ({ provider: two, claims: { iss: 'accounts.example' } }), allow],
    ['P17: and its second name', () => ({ provider: two, claims: { iss: 'https://accounts.example' } }), allow],
    [
      'P17: a URL of http',
      () => ({
        provider: { issuer: 'http://adfs.example/adfs/services/trust', jwksUri: 'https://keys.example/jwks' },
        claims: { iss: 'http://adfs.example/adfs/services/trust' },
      }),
      allow,
    ],
    ['P18: a listed tenant', () => ({ provider: entra, claims: { iss: iss('t1'), tid: 't1' } }), allow],
    ['P18: another tenant', () => ({ provider: entra, claims: { iss: iss('t2'), tid: 't2' } }), deny('claims/tenant')],
    [
      'P18: any tenant',
      () => ({ provider: { ...entra, tenants: 'any' }, claims: { iss: iss('t2'), tid: 't2' } }),
      allow,
    ],
    [
      'a tenant beside another in iss',
      () => ({ provider: entra, claims: { iss: iss('t2'), tid: 't1' } }),
      deny('claims/iss'),
    ],
    [
      'an empty tenant',
      () => ({ provider: { ...entra, tenants: 'any' }, claims: { iss: iss(''), tid: '' } }),
      deny('claims/tenant'),
    ],
    [
      'an issuer that is written out, before one with {tid}',
      () => ({
        provider: { ...entra, tenants: 'any' },
        others: { partners: { ...partners, issuer: iss('t2'), jwksUri: 'https://keys.example/jwks' } },
        route: { provider: 'partners' },
        claims: { iss: iss('t2'), tid: 't2', aud: 'gate' },
      }),
      allow,
    ],
    [
      'and for its clients only',
      () => ({
        provider: { ...entra, tenants: 'any' },
        others: { partners: { ...partners, issuer: iss('t2'), jwksUri: 'https://keys.example/jwks' } },
        claims: { iss: iss('t2'), tid: 't2' },
      }),
      deny('claims/client'),
    ],
    ['no tenant', () => ({ provider: entra, claims: { iss: iss('t1') } }), deny('claims/tenant')],
    [
      'P19: keys without alg, and an issuer of its own form',
      () => ({
        provider: { issuer: 'https://sts.example/t1/', jwksUri: 'https://keys.example/jwks' },
        keys: [{ ...rsa.jwk, alg: undefined }],
        claims: { iss: 'https://sts.example/t1/' },
      }),
      allow,
    ],
    [
      'P28: a second issuer whose keys answer 403 does not harm the first',
      () => ({
        provider: { issuer: [issuer, 'https://issuer.example/pool'] },
        serve: { 'https://issuer.example/pool/.well-known/jwks.json': { kind: 'body', body: '', status: 403 } },
      }),
      allow,
    ],
    [
      'P28: a token of the second, with keys of its own',
      () => ({
        provider: { issuer: [issuer, 'https://issuer.example/pool'] },
        serve: { 'https://issuer.example/pool/.well-known/jwks.json': answer([other.jwk]) },
        claims: { iss: 'https://issuer.example/pool' },
        by: other,
      }),
      allow,
    ],
    [
      'keys of one issuer do not verify the token of another',
      () => ({
        provider: { issuer: [issuer, 'https://issuer.example/pool'] },
        serve: { 'https://issuer.example/pool/.well-known/jwks.json': answer([other.jwk]) },
        by: other,
      }),
      deny('token/signature'),
    ],
  ])
})

describe('keys', () => {
  const algorithms = { algorithms: ['RS256', 'RS512', 'ES256'] } as const
  const twice = () => ({ provider: algorithms, keys: [rsa.jwk, { ...rsa.jwk, alg: 'RS512' }] })
  const bare = () => ({ ...rsa.jwk, kid: undefined })
  const noKid = { header: { kid: undefined } }
  const optional = { kid: 'optional' } as const
  rows([
    ['P2: one key listed as RS256 and RS512, by RS256', () => twice(), allow],
    ['P2: by RS512', () => ({ ...twice(), by: { ...rsa, algorithm: 'RS512' } }), allow],
    [
      'an alg that is not the one listed',
      () => ({ provider: algorithms, by: { ...rsa, algorithm: 'RS512' } }),
      deny('token/signature'),
    ],
    ['P3: RSA and EC keys of one kid, by RSA', () => ({ provider: algorithms, keys: [rsa.jwk, ec.jwk] }), allow],
    ['P3: by EC', () => ({ provider: algorithms, keys: [rsa.jwk, ec.jwk], by: ec }), allow],
    ['P4: one key listed twice', () => ({ keys: [rsa.jwk, rsa.jwk] }), allow],
    [
      'P5: a key for encryption of the same kid',
      () => ({ keys: [{ ...other.jwk, kid: 'one', use: 'enc', alg: undefined }, rsa.jwk] }),
      allow,
    ],
    [
      'two keys of one kid that fit one alg',
      () => ({ keys: [rsa.jwk, { ...other.jwk, kid: 'one' }] }),
      may('token/two-keys', 'deny'),
    ],
    [
      'two keys of one kid that are listed for different algs',
      () => ({ provider: algorithms, keys: [rsa.jwk, { ...other.jwk, kid: 'one', alg: 'RS512' }] }),
      allow,
    ],
    ['P6: no kid anywhere', () => ({ provider: optional, keys: [bare()], ...noKid }), allow],
    ['P6: the token alone has one', () => ({ provider: optional, keys: [bare()] }), allow],
    ['P6: the key alone has one', () => ({ provider: optional, ...noKid }), allow],
    ['P6: required by default, none anywhere', () => ({ keys: [bare()], ...noKid }), lax('token/kid', 'deny')],
    ['P6: required by default, in the token alone', () => ({ keys: [bare()] }), deny('token/signature')],
    [
      'two keys that a token without kid could mean',
      () => ({ provider: optional, keys: [rsa.jwk, other.jwk], ...noKid }),
      deny('token/kid'),
    ],
    [
      'a key of another alg beside it',
      () => ({ provider: { ...optional, ...algorithms }, keys: [rsa.jwk, ec.jwk], ...noKid }),
      allow,
    ],
    [
      'a kid that another key has',
      () => ({ provider: optional, keys: [bare(), { ...other.jwk, kid: 'one' }] }),
      deny('token/kid'),
    ],
    [
      'a kid that no key has, beside a named key that fits',
      () => ({ provider: optional, keys: [bare(), other.jwk] }),
      deny('token/kid'),
    ],
    [
      'a kid that a key of another alg has',
      () => ({ provider: { ...optional, ...algorithms }, keys: [bare(), ec.jwk] }),
      allow,
    ],
    ['a kid that is no text', () => ({ provider: optional, header: { kid: null } }), deny('token/kid')],
    [
      'P25: Ed25519 by its own name',
      () => ({
        provider: { algorithms: ['Ed25519'] },
        keys: [{ ...ed.jwk, alg: 'Ed25519' }],
        by: ed,
        header: { alg: 'Ed25519' },
      }),
      allow,
    ],
    [
      'P25: not where the policy does not name it',
      () => ({
        provider: { algorithms: ['EdDSA'] },
        keys: [{ ...ed.jwk, alg: undefined }],
        by: ed,
        header: { alg: 'Ed25519' },
      }),
      deny('token/alg'),
    ],
    [
      'P26: members of other types',
      () => ({
        keys: [
          { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA', kid: 'one' },
          { kty: 'OKP', crv: 'X25519', x: 'AA', kid: 'one' },
          rsa.jwk,
        ],
      }),
      allow,
    ],
  ])
  test('P6: a rotation is unseen until the handler asks again, for the token names no key', async () => {
    const situation: Situation = { provider: { kid: 'optional' }, by: other, header: { kid: undefined } }
    const oracle = createOracle(policyOf(situation), 'ours')
    const judged = async (now: number) => {
      const event = viewerRequestEvent('/files/a', { headers: { authorization: `Bearer ${tokenOf(situation)}` } })
      return (await oracle.judge(event, now)).outcome
    }
    await oracle.serve({ [jwksUri]: answer([rsa.jwk]) }, start)
    oracle.observe([{ url: jwksUri, at: start, via: 'h2' }])
    await oracle.serve({ [jwksUri]: answer([other.jwk]) }, start + 1000)
    expect(await judged(start + 60_000)).toBe('may')
    oracle.observe([{ url: jwksUri, at: start + 600_000, via: 'h2' }])
    expect(await judged(start + 600_000)).toBe('must-allow')
  })
})

test('a 5xx is a denial only where the keys of the issuer that the token names cannot be had', async () => {
  const situation: Situation = { others: { partners } }
  const oracle = createOracle(policyOf(situation), 'ours')
  await oracle.serve({ [jwksUri]: answer([rsa.jwk]) }, start)
  const event = (claims: object) =>
    viewerRequestEvent('/files/a', { headers: { authorization: `Bearer ${tokenOf({ claims })}` } })
  expect(oracle.keysReachable(start, event({}))).toBe(true)
  expect(oracle.keysReachable(start, event({ iss: partnersIssuer }))).toBe(false)
  expect(oracle.keysReachable(start)).toBe(false)
})

test('of two providers with one URL, which of them holds the keys in an outage is not known', async () => {
  const outcomes = [{}, { partners: { ...partners, jwksUri } }].map(async (others) => {
    const oracle = createOracle(policyOf({ others }), 'ours')
    await oracle.serve({ [jwksUri]: answer([rsa.jwk]) }, start)
    oracle.observe([{ url: jwksUri, at: start, via: 'h2' }])
    await oracle.serve({ [jwksUri]: { kind: 'reset' } }, start + 1000)
    const event = viewerRequestEvent('/files/a', { headers: { authorization: `Bearer ${tokenOf({})}` } })
    return (await oracle.judge(event, start + 60_000)).outcome
  })
  expect(await Promise.all(outcomes)).toEqual(['must-allow', 'may'])
})

test('of a signature by a key of the issuer that the token may not be verified by, what is said is true', async () => {
  const reasonOf = async (situation: Situation) => {
    const oracle = createOracle(policyOf({}), 'foreign')
    await oracle.serve({ [jwksUri]: answer([rsa.jwk, { ...other.jwk, alg: 'RS512' }]) }, start)
    const headers = { authorization: `Bearer ${tokenOf(situation)}` }
    return (await oracle.judge(viewerRequestEvent('/files/a', { headers }), start)).reason
  }
  expect(await reasonOf({ by: other })).toBe('no key that the token may be verified by made the signature')
  expect(await reasonOf({ header: { kid: [rsa.kid] } })).toBe('kid is no text')
})
