/**
 * Signed URLs and signed cookies, verified (CloudFront Developer Guide, private-content-creating-signed-url-canned-policy,
 * -custom-policy, private-content-setting-signed-cookie-…, source of 2023-06-15: SHA-1 and RSA; `Hash-Algorithm` and ECDSA of
 * the pages of 2025).
 */
import { createPublicKey, verify } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import type { ViewerRequest } from './viewer-request.ts'

const parameters = ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm'] as const
type Parts = Partial<Record<(typeof parameters)[number], string>>

export interface SignedContext {
  /** Key id → PEM. The id of a real key is not in a template: one that is unknown is tried with every key. */
  keys: ReadonlyMap<string, string>
  /** Host names that the resource may be signed for. */
  hosts: readonly string[]
  now: number
}

/** Null where the request may pass; else why it may not, which CloudFront answers with 403. */
export function signedAccessProblem(
  request: ViewerRequest,
  cookie: string | undefined,
  context: SignedContext,
): string | null {
  const query = queryParts(request.querystring)
  const parts = query.Signature === undefined ? cookieParts(cookie) : query
  if (parts.Signature === undefined) return 'no signature in the query string or in cookies'
  if (parts['Key-Pair-Id'] === undefined) return 'no Key-Pair-Id'
  const urls = resourcesOf(request, context.hosts)
  if (parts.Policy !== undefined) {
    const text = Buffer.from(fromUrlSafe(parts.Policy), 'base64').toString('utf8')
    return isSigned(text, parts, context)
      ? policyProblem(text, urls, request, context.now)
      : 'the signature of the policy does not hold'
  }
  if (parts.Expires === undefined) return 'no Expires and no Policy'
  const expires = Number(parts.Expires)
  const canned = (url: string) =>
    `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${parts.Expires}}}}]}`
  if (!urls.some((url) => isSigned(canned(url), parts, context))) return 'the signature does not hold for this URL'
  return expires * 1000 > context.now ? null : `expired at ${new Date(expires * 1000).toISOString()}`
}

/** "CloudFront removes the query string parameters of the signature" before it looks into the cache or asks the origin. */
export function withoutSignature(querystring: string): string {
  return querystring
    .split('&')
    .filter((pair) => !parameters.some((name) => pair.startsWith(`${name}=`)))
    .join('&')
}

function queryParts(querystring: string): Parts {
  const given = new URLSearchParams(querystring)
  return Object.fromEntries(parameters.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? '']] : [])))
}

function cookieParts(cookie = ''): Parts {
  const pairs = new Map(cookie.split(/;\s*/).map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]))
  return Object.fromEntries(
    parameters.flatMap((name) =>
      pairs.has(`CloudFront-${name}`) ? [[name, pairs.get(`CloudFront-${name}`) ?? '']] : [],
    ),
  )
}

/** The URLs that this request may have been signed as: TLS may have ended before this port. */
function resourcesOf({ uri, querystring }: ViewerRequest, hosts: readonly string[]): string[] {
  const query = withoutSignature(querystring)
  const path = query === '' ? uri : `${uri}?${query}`
  return hosts.flatMap((host) => [`https://${host}${path}`, `http://${host}${path}`])
}

/** "Replace characters that are invalid in a URL query string": + = / as - _ ~. */
const fromUrlSafe = (text: string) => text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/')

function isSigned(text: string, parts: Parts, { keys }: SignedContext): boolean {
  const signature = Buffer.from(fromUrlSafe(parts.Signature ?? ''), 'base64')
  const hash = parts['Hash-Algorithm'] === 'SHA256' ? 'sha256' : 'sha1'
  const named = keys.get(parts['Key-Pair-Id'] ?? '')
  return (named === undefined ? [...keys.values()] : [named]).some((pem) => {
    try {
      return verify(hash, Buffer.from(text), createPublicKey(pem), signature)
    } catch {
      return false
    }
  })
}

interface Statement {
  Resource?: string
  Condition?: {
    DateLessThan?: { 'AWS:EpochTime'?: number }
    DateGreaterThan?: { 'AWS:EpochTime'?: number }
    IpAddress?: { 'AWS:SourceIp'?: string }
  }
}

function policyProblem(text: string, urls: readonly string[], request: ViewerRequest, now: number): string | null {
  let statement: Statement | undefined
  try {
    statement = (JSON.parse(text) as { Statement: Statement[] }).Statement[0]
  } catch {
    return 'the policy is not JSON'
  }
  const { Resource = '*', Condition = {} } = statement ?? {}
  const until = Condition.DateLessThan?.['AWS:EpochTime']
  const from = Condition.DateGreaterThan?.['AWS:EpochTime']
  const range = Condition.IpAddress?.['AWS:SourceIp']
  if (until === undefined) return 'the policy has no DateLessThan'
  if (until * 1000 <= now) return `expired at ${new Date(until * 1000).toISOString()}`
  if (from !== undefined && from * 1000 > now) return `not valid before ${new Date(from * 1000).toISOString()}`
  if (range !== undefined && !isWithin(request.clientIp, range)) return `${request.clientIp} is outside ${range}`
  const pattern = new RegExp(
    `^${Resource.replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )
  return urls.some((url) => pattern.test(url)) ? null : `the policy is for ${Resource}`
}

function isWithin(ip: string, range: string): boolean {
  const [network = '', bits] = range.split('/')
  const list = new BlockList()
  const family = isIPv6(network) ? 'ipv6' : 'ipv4'
  const plain = ip.replace(/^::ffff:/, '')
  try {
    list.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  } catch {
    return false
  }
}
