/** What of a request a policy takes: for the cache key, and for the request to the origin. */
import type { CachePolicy, OriginRequestPolicy, Selection } from '../template/distribution.ts'

export interface Asked {
  uri: string
  querystring: string
  /** Lower-case names, lines joined. */
  viewer: Record<string, string>
}

export function selects({ kind, names }: Selection, name: string): boolean {
  if (kind === 'all') return true
  if (kind === 'none') return false
  return names.has(name) === (kind === 'whitelist')
}

/**
 * The cache key (CloudFront Developer Guide, "Understand the cache key", source of 2023-06-15): path, and the query strings,
 * headers and cookies that the cache policy names.
 */
export function cacheKey(asked: Asked, policy: CachePolicy): string {
  let key = asked.uri
  if (policy.queryStrings.kind !== 'none') key += `?${selectedQuery(asked.querystring, policy.queryStrings)}`
  if (policy.headers.kind !== 'none') {
    for (const name of policy.headers.names) key += `\n${name}:${asked.viewer[name] ?? ''}`
  }
  if (policy.cookies.kind !== 'none') key += `\ncookie:${selectedCookies(asked.viewer.cookie, policy.cookies) ?? ''}`
  const encoding = acceptedEncoding(asked.viewer, policy)
  return encoding === null ? key : `${key}\n${encoding}`
}

/** Accept-Encoding as CloudFront normalizes it ("Compression support", same page): `br,gzip`, `br`, `gzip`, or null. */
export function acceptedEncoding(viewer: Record<string, string>, { gzip, brotli }: CachePolicy): string | null {
  const accepted = viewer['accept-encoding']
  if (accepted === undefined || (!gzip && !brotli)) return null
  const offers = (coding: string) =>
    new RegExp(`(^|[\\s,])${coding}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))(?=[\\s,;]|$)`).test(accepted)
  const names = [brotli && offers('br') ? 'br' : '', gzip && offers('gzip') ? 'gzip' : ''].filter((name) => name !== '')
  return names.length === 0 ? null : names.join(',')
}

/** The parameters of a query string that a selection takes, in their order. */
export function selectedQuery(querystring: string, selection: Selection): string {
  if (querystring === '' || selection.kind === 'all') return querystring
  if (selection.kind === 'none') return ''
  return querystring
    .split('&')
    .filter((pair) => selects(selection, decodedName(pair)))
    .join('&')
}

export function selectedCookies(cookie: string | undefined, selection: Selection): string | undefined {
  if (cookie === undefined || selection.kind === 'none') return undefined
  const kept = cookie.split(/;\s*/).filter((pair) => selects(selection, pair.split('=', 1)[0] ?? ''))
  return kept.length === 0 ? undefined : kept.join('; ')
}

/** What either policy takes goes to the origin. */
export function eitherTakes(
  kind: 'headers' | 'cookies' | 'queryStrings',
  cache: CachePolicy,
  origin: OriginRequestPolicy | null,
): Selection {
  const one = cache[kind]
  const other = origin?.[kind]
  if (other === undefined || other.kind === 'none') return one
  if (one.kind === 'none' || other.kind === 'all') return other
  if (one.kind === 'all') return one
  if (one.kind === 'whitelist' && other.kind === 'whitelist') {
    return { kind: 'whitelist', names: new Set([...one.names, ...other.names]) }
  }
  const excluded = [one, other].filter(({ kind: each }) => each === 'allExcept')
  const included = [one, other].filter(({ kind: each }) => each === 'whitelist')
  const names = [...(excluded[0]?.names ?? [])].filter(
    (name) => excluded.every((each) => each.names.has(name)) && !included.some((each) => each.names.has(name)),
  )
  return { kind: 'allExcept', names: new Set(names) }
}

function decodedName(pair: string): string {
  const [name = ''] = pair.split('=', 1)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
