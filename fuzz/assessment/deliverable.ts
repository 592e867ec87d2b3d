/**
 * Whether CloudFront would hand an event like this to a function (Developer Guide, "Lambda@Edge event structure", "Quotas",
 * "Using alternate domain names"; RFC 9112 3.2, RFC 9110 5.5). What it never sends nobody can do.
 */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'

/** The domain name of the distribution in all of the suite's events. */
const ownHost = 'd111111abcdef8.cloudfront.net'

/** Characters of the URL, and octets of the request line and the headers. */
const longestUrl = 8_192
const longestHead = 32_768

/** Why CloudFront never sends it, or null. `hosts`: the distribution's other names. */
export function undeliverable(event: unknown, policy: Policy, hosts: readonly string[] = []): string | null {
  const { signIn } = policy
  const request = viewerRequestOf(event)
  if (request === null) return 'it is no viewer-request event'
  if (!forwarded(policy).includes(request.method)) return 'its method is none that the behavior allows'
  return targetFault(request) ?? headFault(request, [ownHost, ...(signIn?.hosts ?? []), ...hosts])
}

/** AllowedMethods of the behavior: the policy's, and OPTIONS for preflights. CloudFront answers 403 to others. */
function forwarded(policy: Policy): string[] {
  const { methods, corsPreflight } = withDefaults(policy)
  return [...methods, ...(corsPreflight ? ['OPTIONS'] : [])]
}

function targetFault({ uri, querystring = '' }: ViewerRequest): string | null {
  if (!uri.startsWith('/') || uri.includes('?')) return 'its uri is no path'
  for (const text of [uri, querystring]) {
    if (/[\u0000- \u007f]/.test(text)) return 'a raw control character or space is in its target'
    if (!text.isWellFormed()) return 'a lone surrogate is in its target'
  }
  return uri.length + querystring.length > longestUrl ? 'its URL is too long' : null
}

function headFault({ headers }: ViewerRequest, hosts: readonly string[]): string | null {
  const { host = [] } = headers
  if (host.length !== 1) return 'it does not have one Host'
  if (!hosts.includes(String(host[0]?.value).toLowerCase())) return 'its Host is none of the distribution'
  let length = 0
  for (const [name, entries] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return 'a header has no name'
    for (const { value } of entries) {
      if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return `a control character is in its header ${name}`
      if (/^[\t ]|[\t ]$/.test(value)) return `white space is around its header ${name}`
      if (!value.isWellFormed()) return `a lone surrogate is in its header ${name}`
      length += name.length + value.length
    }
  }
  return length > longestHead ? 'its headers are too long' : null
}
