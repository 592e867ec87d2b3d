/**
 * The smallest correct handler around a library that verifies tokens: everything that a policy says and a library does
 * not do. Methods, paths, routes, credentials and denials are here, so that what differs between peers is the library's.
 */

import type { Headers, ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Policy, Route } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'

/** Replaced by the bundler. */
declare const POLICY: Policy

const policy = withDefaults(POLICY)
/** A library is set up for one provider with one issuer. */
export const [provider] = policy.providers
export const [{ issuer, jwksUri }] = provider.issuers

type Claims = Record<string, unknown>

/** `verify` resolves to the claims of a token of this issuer that is good now, and rejects otherwise. */
export function policyHandler(verify: (token: string) => Promise<Claims>) {
  return async (event: ViewerRequestEvent): Promise<unknown> => {
    const request = event.Records[0]?.cf.request
    if (!request) return denial(403)
    if (isPreflight(request)) return withoutCredential(request)
    const segments = policy.methods.includes(request.method) ? segmentsOf(request.uri) : null
    const route = segments && routeOf(segments)
    if (!route || plusIsMatched(route, request.uri)) return denial(403)
    if (route.public) return withoutCredential(request)
    const token = bearer(request.headers)
    if (token === null) return denial(401)
    let claims: Claims
    try {
      claims = await verify(token)
      if (!isForClient(claims) || !isPlainBearer(token, claims)) return denial(401)
    } catch {
      return denial(401)
    }
    const complete = provider.requiredClaims.every((name) => claims[name] !== undefined && claims[name] !== null)
    return complete && grants(route, segments, claims) ? withoutCredential(request) : denial(403)
  }
}

function denial(status: 401 | 403) {
  return {
    status: String(status),
    statusDescription: status === 401 ? 'Unauthorized' : 'Forbidden',
    headers: { 'cache-control': [{ key: 'Cache-Control', value: 'no-store' }] },
  }
}

function withoutCredential(request: ViewerRequest): ViewerRequest {
  delete request.headers.authorization
  return request
}

function isPreflight({ method, headers }: ViewerRequest): boolean {
  const once = (name: string) => headers[name]?.length === 1 && headers[name][0]?.value !== ''
  return policy.corsPreflight && method === 'OPTIONS' && once('origin') && once('access-control-request-method')
}

function bearer(headers: Headers): string | null {
  const entries = headers.authorization ?? []
  return entries.length === 1 ? (/^bearer +([\w.~+/=-]+)$/i.exec(entries[0]?.value ?? '')?.[1] ?? null) : null
}

function isForClient(claims: Claims): boolean {
  return claims.token_use === 'access' && provider.clientIds.some((client) => client === claims.client_id)
}

/** Not another kind of JWT (RFC 8725 3.11), and not bound to a key that nobody shows (RFC 7800 3.1): no library asks by itself. */
function isPlainBearer(token: string, claims: Claims): boolean {
  const { typ } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { typ?: unknown }
  const type = String(typ)
    .toLowerCase()
    .replace(/^application\//, '')
  return claims.cnf === undefined && (type === 'at+jwt' || !type.endsWith('+jwt'))
}

/** Null for a malformed path. */
function segmentsOf(uri: string): string[] | null {
  try {
    const segments = uri.slice(1).split('/').map(decodeURIComponent)
    const sound = segments.every(
      (segment, index) =>
        segment !== '.' &&
        segment !== '..' &&
        !/[/\\\u0000-\u001f\u007f]/.test(segment) &&
        segment.isWellFormed() &&
        (segment !== '' || index === segments.length - 1),
    )
    return sound && uri.startsWith('/') && !/[?#]/.test(uri) ? segments : null
  } catch {
    return null
  }
}

const partsOf = (route: Route) => route.path.slice(1).split('/')
const rank = (part: string) => (part === '*' ? 2 : part.startsWith('{') ? 1 : 0)

function routeOf(segments: string[]): Route | undefined {
  const shape = (route: Route) => partsOf(route).map(rank).join('')
  return policy.routes
    .filter((route) => matches(partsOf(route), segments))
    .sort((a, b) => (shape(a) < shape(b) ? -1 : 1))[0]
}

/** S3 reads a raw "+" as a space, so a segment that a literal or a capture matches must have none. */
function plusIsMatched(route: Route, uri: string): boolean {
  const raw = uri.slice(1).split('/')
  return partsOf(route).some((part, index) => rank(part) !== 2 && raw[index]?.includes('+'))
}

function matches(parts: string[], segments: string[]): boolean {
  const lengthFits = parts.at(-1) === '*' ? segments.length >= parts.length : segments.length === parts.length
  return (
    lengthFits &&
    parts.every(
      (part, index) => rank(part) === 2 || (rank(part) === 1 ? segments[index] !== '' : segments[index] === part),
    )
  )
}

function grants(route: Route, segments: string[], claims: Claims): boolean {
  const claimed = claims['cognito:groups']
  const groups = Array.isArray(claimed) && claimed.every((group) => typeof group === 'string') ? claimed : []
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  return partsOf(route).every((part, index) => {
    if (rank(part) !== 1) return true
    const name = part === '{sub}' ? 'sub' : part.slice('{claim:'.length, -1)
    const held = name === 'sub' ? [claims.sub] : [claims[name]].flat().map(pathText)
    const values = part === '{group}' ? groups : held
    return values.some((value) => typeof value === 'string' && value !== '' && value === segments[index])
  })
}

/** An integer stands in a path as its decimal text. */
function pathText(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value
}
