/**
 * A response headers policy, applied (CloudFront Developer Guide, "Understanding response headers policies", read
 * 2023-06-15). CORS headers depend on the viewer's Origin, so they are put on each answer, cached or not.
 */
import type { CorsConfig, ResponseHeadersPolicy } from '../template/distribution.ts'
import { type HeaderList, headerNames, withoutHeaders } from './header-list.ts'

export function withPolicy(
  headers: HeaderList,
  { headers: own, remove, cors }: ResponseHeadersPolicy,
  viewer: Record<string, string>,
): HeaderList {
  const corsList = cors && viewer.origin !== undefined ? corsFields(cors, viewer.origin, viewer) : []
  const replaced = new Set(remove)
  for (const { name, override } of own) if (override) replaced.add(name.toLowerCase())
  if (cors?.originOverride && corsList.length > 0) for (const name of corsNames) replaced.add(name)
  const kept = withoutHeaders(headers, replaced)
  const present = headerNames(kept)
  for (const { name, value } of own) if (!present.has(name.toLowerCase())) kept.push(name, value)
  for (let index = 0; index + 1 < corsList.length; index += 2) {
    const name = corsList[index] as string
    if (!present.has(name.toLowerCase())) kept.push(name, corsList[index + 1] as string)
  }
  return kept
}

const corsNames = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-max-age',
]

function corsFields(cors: CorsConfig, origin: string, viewer: Record<string, string>): string[] {
  const any = cors.allowOrigins.includes('*')
  if (!any && !cors.allowOrigins.some((allowed) => matchesOrigin(allowed, origin))) return []
  const list = ['Access-Control-Allow-Origin', any && !cors.allowCredentials ? '*' : origin]
  if (!any) list.push('Vary', 'Origin')
  if (cors.allowCredentials) list.push('Access-Control-Allow-Credentials', 'true')
  if (cors.exposeHeaders.length > 0) list.push('Access-Control-Expose-Headers', cors.exposeHeaders.join(', '))
  if (viewer['access-control-request-method'] === undefined) return list
  if (cors.allowMethods.length > 0) list.push('Access-Control-Allow-Methods', cors.allowMethods.join(', '))
  if (cors.allowHeaders.length > 0) list.push('Access-Control-Allow-Headers', cors.allowHeaders.join(', '))
  if (cors.maxAgeSeconds !== null) list.push('Access-Control-Max-Age', String(cors.maxAgeSeconds))
  return list
}

/** An allowed origin may begin its host with `*.`, and may leave its scheme out. */
function matchesOrigin(allowed: string, origin: string): boolean {
  if (allowed === origin) return true
  const [, scheme = '', host = allowed] = /^(https?:\/\/)?(.*)$/.exec(allowed) ?? []
  const [, given = '', name = ''] = /^(https?:\/\/)(.*)$/.exec(origin) ?? []
  if (scheme !== '' && scheme !== given) return false
  return host.startsWith('*.') ? name.endsWith(host.slice(1)) : host === name
}
