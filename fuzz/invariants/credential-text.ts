/** The texts of a request that must not turn up elsewhere: its token, and what the token says. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { percentDecoded } from './percent-decoded.ts'

/** In base64url: 72 bits that no other text has by chance. */
const tailLength = 12
const minSecret = 16
const minValue = 8

export interface CredentialText {
  /** Parts of the token that identify it wherever they appear. */
  secrets: string[]
  /** String claims long enough not to appear by chance. */
  values: string[]
}

export function credentialText(policy: Policy, request: ViewerRequest): CredentialText {
  const text = [...credentialHeaders(policy), ...(policy.signIn ? ['cookie'] : [])]
    .flatMap((name) => (Object.hasOwn(request.headers, name) ? (request.headers[name] ?? []) : []))
    .map(({ value }) => String(value))
    .join(' ')
  const secrets: string[] = []
  const values = new Set<string>()
  for (const word of text.split(/[\s;,]/)) {
    // A cookie's value, or a header's, whose token has no "=".
    // Before the token of a session come the number of its pieces and an id, which a sign-out has to name.
    const value = word.slice(word.indexOf('=') + 1).replace(/^[12]\.[\w-]{22}\./, '')
    const parts = value.split('.')
    // A JWS or a JWE; a long text of dots is neither.
    if (parts.length < 3 || parts.length > 5) continue
    for (const part of [parts[1], parts.at(-1)]) {
      if (part !== undefined && part.length >= minSecret) secrets.push(part.slice(-tailLength))
    }
    for (const value of stringsIn(parts[1] ?? '')) if (value.length >= minValue) values.add(value)
  }
  // What the viewer's own path spells a return path has to carry.
  const uri = percentDecoded(request.uri)
  return { secrets, values: [...values].filter((value) => !uri.includes(value)) }
}

/** Names of the headers in which the policy looks for tokens, in lower case. */
export function credentialHeaders({ credentials = 'header' }: Policy): string[] {
  const sources = [credentials].flat()
  const names = sources.map((source) =>
    source === 'header' ? 'authorization' : 'header' in source ? source.header.toLowerCase() : 'cookie',
  )
  return [...new Set(names)]
}

function stringsIn(part: string): string[] {
  try {
    const payload: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof payload === 'object' && payload !== null
      ? Object.entries(payload).flatMap(([name, value]) =>
          typeof value === 'string' && !isPublic(name) ? [value] : [],
        )
      : []
  } catch {
    return []
  }
}

/** Claims that say nothing about the visitor: the policy has them, too. */
function isPublic(name: string): boolean {
  return ['iss', 'aud', 'client_id', 'token_use', 'scope'].includes(name)
}
