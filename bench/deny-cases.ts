/** Requests that must be denied, as data: each makes a new event from a valid request, so that no two share a token. */
import { clientId, eventText, policy, type WorkItem } from './workload.ts'

export interface DenyCase {
  id: string
  title: string
  /** Changes the token; null takes the header away. `index` differs for each. Default: the token as it is. */
  token?(token: string, index: number): string | null
  /** Asks for this path instead. */
  uri?: string
  /** Which of the workload's tokens. Default `valid`. */
  pool?: 'expired'
  /** The token can be refused before its signature is looked at. */
  malformed: boolean
  /** Made to take long over before its signature is looked at, by somebody who has no key. Measured of the authorizer alone. */
  dear?: true
}

/** The longest value of an authorization header that the authorizer looks at, less its scheme. */
const longestToken = 8192 - 'Bearer '.length

export const denyCases: readonly DenyCase[] = [
  { id: 'no-header', title: 'no header', malformed: false, token: () => null },
  {
    id: 'malformed-start',
    title: 'malformed at the start',
    malformed: true,
    token: (token) => `!${token.slice(1)}`,
  },
  {
    id: 'malformed-two-parts',
    title: 'malformed: two parts',
    malformed: true,
    token: (token) => token.slice(0, token.lastIndexOf('.')),
  },
  {
    id: 'malformed-header-json',
    title: 'malformed: the header is not JSON',
    malformed: true,
    token: (token) => `${base64url('{"alg":"RS256","kid":')}${token.slice(token.indexOf('.'))}`,
  },
  {
    id: 'malformed-payload-character',
    title: 'malformed: a character at the end of the payload',
    malformed: true,
    token: (token) => replaceAt(token, token.lastIndexOf('.') - 1, '*'),
  },
  {
    id: 'malformed-payload-json',
    title: 'malformed: the payload is cut off',
    malformed: true,
    token: (token) => {
      const [header, payload, signature] = parts(token)
      // A multiple of four characters, so that what is left is whole base64url.
      return [header, payload.slice(0, (payload.length - 16) & ~3), signature].join('.')
    },
  },
  {
    id: 'malformed-signature-length',
    title: 'malformed: the signature is short',
    malformed: true,
    token: (token) => token.slice(0, -4),
  },
  {
    id: 'malformed-signature-end',
    title: 'malformed: the last character of the signature',
    malformed: true,
    token: (token) => `${token.slice(0, -1)}~`,
  },
  {
    id: 'unknown-kid',
    title: 'unknown kid, in cooldown',
    malformed: false,
    token: (token, index) => {
      const [, payload, signature] = parts(token)
      const kid = Buffer.from(`unknown key number ${String(index).padStart(13, '0')}`).toString('base64')
      return [base64url(JSON.stringify({ kid, alg: 'RS256' })), payload, signature].join('.')
    },
  },
  {
    id: 'forged',
    title: 'forged: another claim, the old signature',
    malformed: false,
    token: (token, index) => {
      const [header, payload, signature] = parts(token)
      const claims = Buffer.from(payload, 'base64url')
        .toString()
        .replace(/"jti":"[^"]{8}/, `"jti":"${String(index).padStart(8, '0')}`)
      return [header, base64url(claims), signature].join('.')
    },
  },
  {
    id: 'forged-groups',
    title: 'forged: 830 groups',
    malformed: false,
    token: (token, index) =>
      withPayload(token, `{${claimsOfOurs},"jti":"${index}","cognito:groups":["${names(index, 830, 3).join('","')}"]}`),
  },
  {
    id: 'forged-nested',
    title: 'forged: 8 kB of nested brackets',
    malformed: false,
    token: (token, index) => withPayload(token, nested(index, roomFor(token))),
  },
  {
    id: 'dear-nested',
    title: 'dear: 8 kB of nested brackets, unknown kid',
    malformed: false,
    dear: true,
    token: (token, index) => {
      const stranger = withHeader(token, { kid: `unknown key number ${index}`, alg: 'RS256' })
      return withPayload(stranger, nested(index, roomFor(stranger)))
    },
  },
  {
    id: 'dear-header',
    title: 'dear: new names in the header, 8 kB of characters beyond ASCII, unknown kid',
    malformed: false,
    dear: true,
    token: (token, index) => {
      const strange = Object.fromEntries(names(index, 6, 5).map((name) => [name, 0]))
      const dear = withHeader(token, { kid: `unknown key number ${index}`, alg: 'RS256', ...strange })
      const claims = `{${claimsOfOurs},"jti":"${index}","x":"`
      return withPayload(dear, `${claims}${'é'.repeat((roomFor(dear) - claims.length - 2) / 2)}"}`)
    },
  },
  { id: 'expired', title: 'expired', malformed: false, pool: 'expired' },
  {
    id: 'forbidden',
    title: "forbidden: somebody else's path",
    malformed: false,
    uri: '/users/00000000-0000-4000-a000-000000000000/index.html',
  },
]

/** The events of a case, one for each of the items. */
export function denyEvents(denyCase: DenyCase, items: readonly WorkItem[]): string[] {
  return items.map(({ event, token }, index) => {
    const changed = denyCase.token ? denyCase.token(token, index) : token
    const { uri } = JSON.parse(event).Records[0].cf.request
    const text = eventText(denyCase.uri ?? uri, changed, `denied-${index}`)
    // One flat string: the engine would join the pieces at the first parse, and the first subject would pay for it.
    return Buffer.from(text).toString()
  })
}

const claimsOfOurs = `"iss":"${policy.issuer}","client_id":"${clientId}","token_use":"access","exp":4102444800`

/** Names that no other request has, of so many characters. */
function names(index: number, count: number, length: number): string[] {
  return Array.from({ length: count }, (_, n) => (index * count + n).toString(36).padStart(length, 'a').slice(-length))
}

/** A payload of so many octets, nearly all of them brackets. */
function nested(index: number, octets: number): string {
  const claims = `{${claimsOfOurs},"jti":"${index}","x":`
  const levels = Math.floor((octets - claims.length - 1) / 2)
  return `${claims}${'['.repeat(levels)}${']'.repeat(levels)}}`
}

function withHeader(token: string, header: object): string {
  const [, payload, signature] = parts(token)
  return [base64url(JSON.stringify(header)), payload, signature].join('.')
}

function withPayload(token: string, payload: string): string {
  const [header, , signature] = parts(token)
  return [header, base64url(payload), signature].join('.')
}

/** Octets of the longest payload that fits between this token's header and signature. */
function roomFor(token: string): number {
  const [header, , signature] = parts(token)
  return Math.floor(((longestToken - header.length - signature.length - 2) * 3) / 4)
}

function parts(token: string): [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function replaceAt(text: string, index: number, character: string): string {
  return text.slice(0, index) + character + text.slice(index + 1)
}
