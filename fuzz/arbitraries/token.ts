import fc from 'fast-check'
import {
  attackerToken,
  type Changes,
  change,
  hmacToken,
  issuedToken,
  partsOf,
  signedBy,
  unsigned,
} from '../attacks/tokens.ts'
import type { Visitor, World } from '../world/world.ts'
import { claimChanges } from './claims.ts'

/** A token of any kind: good, good for something else, forged, or a good one with its text damaged. */
export function anyToken(world: World, visitor: Visitor): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(issuedToken(world, visitor)) },
    { weight: 4, arbitrary: claimChanges(world).map((changes) => issuedToken(world, visitor, changes)) },
    { weight: 2, arbitrary: headerChanges(world).map((header) => issuedToken(world, visitor, {}, header)) },
    { weight: 4, arbitrary: forgery(world, visitor) },
    { weight: 5, arbitrary: damaged(issuedToken(world, visitor)) },
    { weight: 1, arbitrary: spliced(world, visitor) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 60 }) },
  )
}

/** Header members set to something that a token has no business to say. */
function headerChanges(world: World): fc.Arbitrary<Changes> {
  const kids = world.issuers.flatMap(({ keys, spareKeys }) => [...keys, ...spareKeys].map(({ kid }) => kid))
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'none',
      'None',
      'HS256',
      'RS256',
      'RS384',
      'RS512',
      'PS256',
      'ES256',
      'EdDSA',
    ),
    fc.constantFrom<unknown>(
      ...kids,
      '__proto__',
      'constructor',
      0,
      true,
      [],
      {},
      ['b64'],
      ['exp'],
      'https://attacker.example/k',
    ),
    fc.constantFrom<unknown>(...world.attackerKeys.map(({ jwk }) => jwk)),
  )
  const name = fc.constantFrom(
    'alg',
    'kid',
    'crit',
    'b64',
    'jwk',
    'jku',
    'x5u',
    'x5c',
    'typ',
    'cty',
    'zip',
    'enc',
    'iss',
    '__proto__',
  )
  return fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 2 }).map((members) => Object.fromEntries(members))
}

/** A token that the issuer did not sign: unsecured, by HMAC over something public, or with an attacker's key. */
function forgery(world: World, visitor: Visitor): fc.Arbitrary<string> {
  const { kid, publicKey } = visitor.issuer.keys[0]
  const secrets = [publicKey.export({ format: 'pem', type: 'spki' }), '', kid, 'secret'].map((secret) =>
    Buffer.from(secret as string),
  )
  const claims = claimChanges(world).map((changes) => change(visitor.claims, changes))
  const header = headerChanges(world)
  return fc.oneof(
    fc.tuple(claims, header).map(([payload, members]) => unsigned(change({ alg: 'none', kid }, members), payload)),
    fc
      .tuple(fc.constantFrom('HS256', 'HS384', 'HS512'), fc.constantFrom(...secrets), claims)
      .map(([alg, secret, payload]) => hmacToken(alg, secret, { kid }, payload)),
    header.map((members) => attackerToken(world, visitor.claims, members)),
    fc.constantFrom(...visitor.issuer.spareKeys).map((key) => signedBy(world, key, visitor.claims, { kid })),
    fc
      .tuple(claims, fc.uint8Array({ minLength: 0, maxLength: 300 }))
      .map(([payload, signature]) =>
        unsigned({ alg: visitor.issuer.keys[0].algorithm, kid }, payload, Buffer.from(signature).toString('base64url')),
      ),
  )
}

/** A good token's text with a bit flipped, a character changed, put in or left out, or a part cut, doubled or emptied. */
function damaged(token: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: token.length - 1 })
  const character = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...'AQgwZz09-_=.+/ \t\n%!,;~\u0000\u00e9') },
    { weight: 1, arbitrary: fc.constantFrom(...'\u0001\u007f\u0080\u00ff\u0100\u2028\ud800\ufeff\uffff') },
  )
  return fc.oneof(
    fc
      .tuple(at, fc.nat({ max: 5 }))
      .map(([index, bit]) => token.slice(0, index) + flip(token[index] ?? 'A', bit) + token.slice(index + 1)),
    fc.tuple(at, character).map(([index, text]) => token.slice(0, index) + text + token.slice(index)),
    fc.tuple(at, character).map(([index, text]) => token.slice(0, index) + text + token.slice(index + 1)),
    fc
      .tuple(at, fc.integer({ min: 1, max: 40 }))
      .map(([index, length]) => token.slice(0, index) + token.slice(index + length)),
    fc
      .tuple(
        fc.nat({ max: 2 }),
        fc.constantFrom(
          (_part: string) => '',
          (part: string) => part + part,
          (part: string) => part.slice(0, -2),
          (part: string) => part.split('').reverse().join(''),
        ),
      )
      .map(([index, edit]) =>
        partsOf(token)
          .map((part, place) => (place === index ? edit(part) : part))
          .join('.'),
      ),
    character.map((text) => token + text),
  )
}

/** Parts of two tokens that are both good, put together. */
function spliced(world: World, visitor: Visitor): fc.Arbitrary<string> {
  const tokens = world.visitors.map((other) => partsOf(issuedToken(world, other)))
  const own = partsOf(issuedToken(world, visitor))
  return fc
    .tuple(fc.constantFrom(...tokens), fc.nat({ max: 2 }))
    .map(([other, index]) => own.with(index, other[index] ?? '').join('.'))
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function flip(character: string, bit: number): string {
  const value = alphabet.indexOf(character)
  return value < 0 ? 'A' : (alphabet[value ^ (1 << bit)] ?? 'A')
}
