/** Finds the token in a request (SEMANTICS.md, "Credentials"; RFC 6750 2.1, RFC 9110 5.5 and 11.4, RFC 6265 5.4). */
import type { Headers } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { type Judgement, lax, may, refused, sound } from './judgement.ts'
import { defaults } from './policy-defaults.ts'

/** A text that may be the token, with what there is against the way it was presented. */
export interface Presented {
  token: string
  judgements: Judgement[]
}

const maxBytes = 8192

/** Every candidate, in order; a refusal where there is none that counts. */
export function presentedTokens(policy: Policy, headers: Headers): Presented[] | Judgement {
  const source = policy.credentials ?? defaults.credentials
  return source === 'header' ? fromHeader(headers) : fromCookies(headers, source.cookie, policy.clientIds)
}

function fromHeader(headers: Headers): Presented[] | Judgement {
  const entries = Object.hasOwn(headers, 'authorization') ? (headers.authorization ?? []) : []
  const [entry, ...others] = entries
  if (!entry) return refused('credentials/absent', 'there is no authorization header')
  if (others.length > 0) return refused('credentials/several', 'there are several authorization headers')
  const value = entry.value
  if (/[^\t\n\v\f\r\x20-\x7e]/.test(value)) {
    return refused('credentials/octets', 'the authorization value has a control or non-ASCII character')
  }
  if (value.includes(',')) return refused('credentials/list', 'the authorization value is a list')
  const parsed = /^(\s*)(\S+)(\s+)(\S+)(\s*)(.*)$/s.exec(value)
  const [, before = '', scheme = '', separator = '', token = '', after = '', rest = ''] = parsed ?? []
  if (parsed === null || scheme.toLowerCase() !== 'bearer') {
    return refused('credentials/scheme', 'the authorization value is not "Bearer" and a token')
  }
  const judgements = [
    Buffer.byteLength(value) > maxBytes ? may('credentials/size', 'the value is over 8,192 bytes', 'deny') : sound,
    /^ *$/.test(before + after) || rest !== ''
      ? sound
      : lax('credentials/white-space', 'white space other than spaces is around the value'),
    before + after !== '' ? may('credentials/around', 'spaces are around the value', 'deny') : sound,
    /^ +$/.test(separator)
      ? separator.length > 1
        ? may('credentials/spaces', 'several spaces follow the scheme', 'allow')
        : sound
      : lax('credentials/white-space', 'white space other than spaces follows the scheme'),
    rest !== '' ? lax('credentials/text-after', 'text follows the token') : sound,
  ]
  return [{ token, judgements }]
}

function fromCookies(headers: Headers, pattern: string, clientIds: readonly string[]): Presented[] | Judgement {
  const lines = Object.hasOwn(headers, 'cookie') ? (headers.cookie ?? []) : []
  const values: { value: string; spaced: boolean }[] = []
  for (const { value: line } of lines) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=')
      if (equals < 0) continue
      const name = pair.slice(0, equals).trim()
      const value = pair.slice(equals + 1)
      if (clientIds.some((client) => cookieName(pattern, client).test(name))) {
        values.push({ value: value.trim(), spaced: value !== value.trim() || /\s$/.test(pair.slice(0, equals)) })
      }
    }
  }
  if (values.length === 0) return refused('credentials/absent', 'there is no such cookie')
  return values.map(({ value, spaced }) => {
    const quoted = /^"(.*)"$/.exec(value)
    return {
      token: quoted?.[1] ?? value,
      judgements: [
        values.length > 1 ? may('credentials/several-cookies', 'several cookies have the name') : sound,
        lines.length > 1 ? may('credentials/cookie-lines', 'there are several cookie headers') : sound,
        spaced ? may('credentials/around', 'spaces are around the value') : sound,
        quoted ? may('credentials/quoted', 'the value is quoted') : sound,
        Buffer.byteLength(value) > maxBytes ? may('credentials/size', 'the value is over 8,192 bytes', 'deny') : sound,
      ],
    }
  })
}

/** Whether this name is one that holds the token under the policy. */
export function isCredentialCookie(policy: Policy, name: string): boolean {
  const source = policy.credentials ?? defaults.credentials
  return source !== 'header' && policy.clientIds.some((client) => cookieName(source.cookie, client).test(name))
}

/** `{client}` is a client's id, `*` any text, as in Cognito's `CognitoIdentityServiceProvider.<client>.<user>.accessToken`. */
function cookieName(pattern: string, client: string): RegExp {
  const escaped = pattern
    .replaceAll('{client}', () => client)
    .split('*')
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
