/**
 * The requests that every benchmark and the gate measure: thousands of distinct, realistic Cognito access tokens, each
 * in a viewer-request event of its own. Deterministic: the same sources give the same bytes on every machine.
 */

import { createHash, createPrivateKey } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ViewerRequestEvent } from '../authorizer/cloudfront.ts'
import type { OneProviderPolicy } from '../authorizer/policy.ts'
import type { DeployableOptions } from '../build/bundle.ts'
import { jwksUriOf } from '../config/policy-defaults.ts'
import { accessTokenPayload } from '../testing/issuer.ts'
import { encode, signedToken } from '../testing/mint.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { publishedKeys, signingKey } from './issuer-keys.ts'

/** One request: the token, and the serialized event that carries it in its authorization header. */
export interface WorkItem {
  token: string
  /** JSON text; parse it anew for each call, as Lambda does: handlers delete headers, and parsing makes fresh strings. */
  event: string
}

export interface Workload {
  /** Valid for their path under `policy`; no two share a token or a subject. */
  valid: WorkItem[]
  /** Properly signed, expired; a quarter as many. */
  expired: WorkItem[]
  /** Valid ID tokens in Cognito's cookie under `cookiePolicy`, for handlers that read those; half as many. */
  cookie: WorkItem[]
}

const issuer = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01'

export const clientId = '1example23456789client0abc'

/** The policy under measurement: every kind of route, and what a Cognito deployment usually requires. */
export const policy: OneProviderPolicy & { issuer: string; jwksUri: string } = {
  issuer,
  jwksUri: jwksUriOf(issuer),
  clientIds: [clientId],
  tokenUse: 'access',
  requiredClaims: ['cognito:groups'],
  routes: [
    { path: '/public/*', public: true },
    { path: '/users/{sub}/*' },
    { path: '/groups/{group}/*' },
    { path: '/vault/{group}/*', hash: 'md5' },
    { path: '/reports/*', groups: ['analysts'] },
  ],
  corsPreflight: true,
  corsOrigins: ['https://app.example.com'],
}

/** The same for a site whose login keeps its ID token in Cognito's cookies. */
export const cookiePolicy = {
  ...policy,
  credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.idToken' },
  tokenUse: 'id',
} as const satisfies OneProviderPolicy

/** The policy with the access token where Amplify keeps it, instead of in the header. */
export const sessionPolicy = {
  ...policy,
  credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.accessToken' },
} as const satisfies OneProviderPolicy

/** What the bundle is built with; with the snapshot, the first request needs no network. Times in ms since the epoch. */
export function edgeConfiguration(fetchedAt = Date.now()): DeployableOptions {
  return { policy, snapshots: { [issuer]: { fetchedAt, keys: publishedKeys } } }
}

/** The issuer's JWK Set, the body of an answer from `policy.jwksUri`. */
export const jwks = { keys: publishedKeys }

const groups = ['analysts', 'editors', 'emea-sales', 'field-engineering', 'partners', 'support-tier-2']
const files = ['index.html', 'report-2026-q1.pdf', 'assets/app.3f9c1b.js', 'images/header@2x.png', 'data/export 01.csv']

/** Ten digits, as today's dates have; far enough apart that a result from any year within is the same work. */
const issuedAt = 1_767_225_600 // 2026-01-01
const expiresAt = 4_102_444_800 // 2100-01-01

/** `size` valid requests (default 4,096) and the other pools; about 0.3 ms of CPU time each when first minted, then read from the temporary directory. */
export function loadWorkload(size = 4096): Workload {
  return JSON.parse(readFileSync(workloadFile(size), 'utf8')) as Workload
}

/** The file that holds the workload, for processes that should not spend time on minting; it is made if it is not there. */
export function workloadFile(size = 4096): string {
  const unsigned = {
    valid: Array.from({ length: size }, (_, index) => unsignedItem(`valid ${index}`, 'access', expiresAt)),
    expired: Array.from({ length: size / 4 }, (_, index) =>
      unsignedItem(`expired ${index}`, 'access', issuedAt + 3600),
    ),
    cookie: Array.from({ length: size / 2 }, (_, index) => unsignedItem(`cookie ${index}`, 'id', expiresAt)),
  }
  // Named after its contents, so that a change of this file or of the tokens' shape never meets old signatures.
  const digest = createHash('sha256').update(JSON.stringify(unsigned)).digest('hex').slice(0, 32)
  const file = join(tmpdir(), 'edgeproof-workload', `${digest}.json`)
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    const partial = `${file}.${process.pid}`
    const workload: Workload = {
      valid: unsigned.valid.map((item) => signed(item, headerEvent)),
      expired: unsigned.expired.map((item) => signed(item, headerEvent)),
      cookie: unsigned.cookie.map((item) => signed(item, cookieEvent)),
    }
    writeFileSync(partial, JSON.stringify(workload))
    renameSync(partial, file)
  }
  return file
}

interface UnsignedItem {
  signingInput: string
  sub: string
  uri: string
  requestId: string
}

function unsignedItem(seed: string, use: 'access' | 'id', exp: number): UnsignedItem {
  const bytes = createHash('sha512').update(seed).digest()
  const [sub, origin_jti, event_id, jti] = [0, 16, 32, 48].map((at) => uuid(bytes.subarray(at, at + 16))) as Uuids
  const own = groups.filter((_, index) => index === 0 || (bytes[index] ?? 0) % 4 === 0)
  const ids = { sub, origin_jti, event_id, jti }
  const payload =
    use === 'id'
      ? idTokenPayload(ids, own, exp)
      : accessTokenPayload({
          iss: issuer,
          client_id: clientId,
          'cognito:groups': own,
          iat: issuedAt,
          exp,
          ...ids,
        })
  return {
    signingInput: `${encode({ kid: signingKey.kid, alg: 'RS256' })}.${encode(payload)}`,
    sub,
    uri: encodeURI(grantedPath(bytes, sub, own)),
    requestId: createHash('sha256').update(bytes).digest('base64url'),
  }
}

type Uuids = [string, string, string, string]

/** Cognito Developer Guide, "Understanding the identity (ID) token". */
function idTokenPayload(
  { sub, origin_jti, event_id, jti }: Record<'sub' | 'origin_jti' | 'event_id' | 'jti', string>,
  own: readonly string[],
  exp: number,
): Record<string, unknown> {
  return {
    sub,
    'cognito:groups': own,
    email_verified: true,
    iss: issuer,
    'cognito:username': sub,
    origin_jti,
    aud: clientId,
    event_id,
    token_use: 'id',
    auth_time: issuedAt,
    exp,
    iat: issuedAt,
    jti,
    email: `${sub.slice(0, 8)}@example.com`,
  }
}

/** A path that the token's owner may read: mostly their own, then their groups', sometimes behind a digest. */
function grantedPath(bytes: Buffer, sub: string, own: readonly string[]): string {
  const [kind = 0, pick = 0, leaf = 0] = bytes.subarray(8)
  const file = files[leaf % files.length]
  const group = own[pick % own.length] ?? ''
  if (kind < 100) return `/users/${sub}/${file}`
  if (kind < 170) return `/groups/${group}/${file}`
  if (kind < 230) return `/vault/${createHash('md5').update(group).digest('hex')}/${file}`
  return `/reports/analysts/${file}`
}

const privateKey = createPrivateKey({ key: { ...signingKey }, format: 'jwk' })

function signed(item: UnsignedItem, event: (item: UnsignedItem, token: string) => string): WorkItem {
  const { signingInput } = item
  const token = signedToken({ algorithm: 'RS256', privateKey }, signingInput)
  return { token, event: event(item, token) }
}

function headerEvent({ uri, requestId }: UnsignedItem, token: string): string {
  return eventText(uri, token, requestId)
}

function cookieEvent({ uri, requestId, sub }: UnsignedItem, token: string): string {
  const prefix = `CognitoIdentityServiceProvider.${clientId}`
  return browserEvent(uri, { cookie: `${prefix}.LastAuthUser=${sub}; ${prefix}.${sub}.idToken=${token}` }, requestId)
}

/** The same request with the token in an ordinary cookie line, the fourth of five, as `sessionPolicy` names it. */
export function inCookie({ token, event }: WorkItem): string {
  const [record] = (JSON.parse(event) as ViewerRequestEvent).Records
  if (!record) throw new Error('not an event')
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
  const prefix = `CognitoIdentityServiceProvider.${clientId}`
  const cookie = [
    '_ga=GA1.1.1234567890.1767225600',
    'theme=dark',
    `${prefix}.LastAuthUser=${sub}`,
    `${prefix}.${sub}.accessToken=${token}`,
    'consent=analytics:0|marketing:0',
  ].join('; ')
  return browserEvent(record.cf.request.uri, { cookie }, record.cf.config?.requestId ?? '')
}

/** A serialized viewer-request event as a browser's XHR causes it; without an authorization header where the token is null. */
export function eventText(uri: string, token: string | null, requestId: string): string {
  return browserEvent(uri, token === null ? {} : { authorization: `Bearer ${token}` }, requestId)
}

function browserEvent(uri: string, credentials: Record<string, string>, requestId: string): string {
  const event = viewerRequestEvent(uri, {
    requestId,
    headers: {
      host: 'd111111abcdef8.cloudfront.net',
      ...credentials,
      'user-agent':
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      accept: 'application/json, text/plain, */*',
      'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
      'accept-encoding': 'gzip, deflate, br, zstd',
      origin: 'https://app.example.com',
      referer: 'https://app.example.com/',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'cross-site',
    },
  })
  return JSON.stringify(event)
}

/** RFC 9562 5.4: version 4 from given octets. */
function uuid(octets: Buffer): string {
  const hex = octets.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
