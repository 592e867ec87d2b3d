/** Whether a denial is safe (semantics.md, "Deny"; RFC 9111 5.2.2.5 and 5.2.2.7). */
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import type { ReturnedResponse } from '../case.ts'
import type { Observation, Remark } from './observation.ts'

export function examineDenial(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  keysReachable: boolean,
): { observations: Observation[]; remarks: Remark[] } {
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const headers = response.headers ?? {}
  const status = String(response.status)
  if (/^2/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (!/^[345]/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (status.startsWith('5') && keysReachable) {
    observations.push(unsafe('deny/status', `a denial has the status ${status} though the keys can be had`))
  }
  const caching = valuesOf(headers, 'cache-control').join(', ')
  if (!/(?:^|[\s,])(?:no-store|private)(?:$|[\s,;=])/i.test(caching)) {
    observations.push(
      unsafe('deny/cache-control', 'a denial may be kept by a shared cache: no-store and private are absent'),
    )
  }
  const login =
    policy.deny?.unauthenticated && 'redirect' in policy.deny.unauthenticated ? policy.deny.unauthenticated : null
  for (const location of valuesOf(headers, 'location')) {
    const fault = locationFault(location, request, login)
    if (fault === 'foreign') {
      observations.push({
        class: 'open-redirect',
        rule: 'deny/location',
        story: `the viewer decides where the denial leads: ${location.slice(0, 200)}`,
      })
    } else if (fault === 'elsewhere') {
      remarks.push({ rule: 'deny/location', story: 'a denial leads to a page that the policy does not name' })
    }
  }
  const origin = valuesOf(request.headers, 'origin')[0]
  const readers = valuesOf(headers, 'access-control-allow-origin')
  if (origin !== undefined && readers.includes(origin) && !(policy.corsOrigins ?? []).includes(origin)) {
    remarks.push({ rule: 'deny/cors', story: 'a denial may be read by an origin that the policy does not name' })
  }
  return { observations, remarks }
}

function unsafe(rule: string, story: string): Observation {
  return { class: 'unsafe-denial', rule, story }
}

function valuesOf(headers: Headers, name: string): string[] {
  const entries: unknown = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return Array.isArray(entries) ? entries.map((entry) => String(entry?.value)) : []
}

/** `foreign`: the viewer's words decide the host; `elsewhere`: a fixed page, though not the policy's. */
function locationFault(
  location: string,
  request: ViewerRequest,
  login: { redirect: string; returnTo?: string } | null,
): 'foreign' | 'elsewhere' | null {
  const claimed = valuesOf(request.headers, 'host')[0] ?? ''
  // A host header that is no host is the viewer's fault alone.
  const host = URL.canParse(`https://${claimed}`) ? new URL(`https://${claimed}`).host : 'viewer.invalid'
  if (!URL.canParse(location, `https://${host}`)) return 'foreign'
  const target = new URL(location, `https://${host}`)
  const words = `${request.uri} ${request.querystring} ${JSON.stringify(request.headers)}`.toLowerCase()
  const ownHosts = [host, login ? new URL(login.redirect).host : '']
  const namedByViewer = target.host !== '' && !ownHosts.includes(target.host) && words.includes(target.hostname)
  if (namedByViewer || !/^https?:$/.test(target.protocol)) return 'foreign'
  if (login === null) return namedByViewer ? 'foreign' : 'elsewhere'
  // The login page's text alone is no boundary: https://login.example.com.evil.example begins with it, too.
  if (!location.startsWith(login.redirect)) return 'elsewhere'
  if (target.host !== new URL(login.redirect).host) return 'foreign'
  for (const [name, value] of target.searchParams) {
    if (login.returnTo !== undefined ? name !== login.returnTo : !/^(?:\/|https?:)/i.test(value)) continue
    if (!returnsHome(value, host)) return 'foreign'
  }
  return null
}

/** A path on the viewer's own host, as a browser would resolve it: `//host` and `/\host` are other hosts (WHATWG URL). */
function returnsHome(value: string, host: string): boolean {
  try {
    return new URL(value, `https://${host}`).host === host
  } catch {
    return false
  }
}
