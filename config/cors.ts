import type { CredentialSource } from '../authorizer/policy.ts'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * What is wrong with an origin whose pages may read objects and denials. A `*` may be the leftmost part of the host, with two
 * labels behind it at least (CloudFront Developer Guide, "Understanding response headers policies", read 2023-06-15).
 */
export function originFault(text: string): string | undefined {
  const plain = text.replace(/^(https?:\/\/)\*\.(?=[^.]+\.[^.])/, '$1')
  return /^https?:[^*]+$/.test(plain) && URL.canParse(plain) && new URL(plain).origin === plain
    ? undefined
    : 'should be an origin such as https://app.example.com, without a path, or https://*.example.com for all hosts below'
}

/** What is wrong with an origin where browsers send a cookie along: whoever is on the way of an http page reads with its user's rights. */
export function credentialedOriginFault(text: string, sources: readonly CredentialSource[]): string | undefined {
  const isSent = sources.some((source) => typeof source === 'object' && 'cookie' in source)
  if (!isSent || !text.startsWith('http://') || loopback.test(text.replace(/^http:\/\/|:\d+$/g, ''))) return undefined
  return 'should be https where a cookie is the credential: anybody on the way to an http page could read with it'
}

/** What is wrong with a request header that pages of those origins may send. */
export function corsHeaderFault(name: string): string | undefined {
  if (name === '*')
    return 'should be a name: with credentials browsers take "*" for one (Fetch standard, CORS protocol)'
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ? undefined : 'should be the name of a header (RFC 9110 5.1)'
}
