/** The tokens in a request that an issuer of the policy signed, wherever and however they are written. */
import { constants, createHmac, type KeyObject, verify } from 'node:crypto'
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { presentedTokens } from '../../oracle/credentials.ts'
import type { IssuedKey } from './published-keys.ts'

export interface SignedToken {
  /** In compact serialization, the signature in its one canonical spelling. */
  canonical: string
  /** Whether it stands in the request like that. */
  isCanonical: boolean
  header: Record<string, unknown>
  claims: Record<string, unknown>
  /** Header and payload are JSON as a library writes it: UTF-8, no byte order mark, no name twice. */
  isPlainJson: boolean
  key: IssuedKey
}

/** Several readings of one text are one token. */
export function signedTokens(policy: Policy, request: ViewerRequest, keys: Iterable<IssuedKey>): SignedToken[] {
  const all = [...keys]
  const found = new Map<string, SignedToken>()
  for (const text of candidates(policy, request)) {
    const token = signed(text, all, policy)
    if (token !== null && !(found.get(token.canonical)?.isCanonical ?? false)) found.set(token.canonical, token)
  }
  return [...found.values()]
}

/** The last characters of every token's signature in a request, signed or not: whoever repeats one has seen a token. */
export function signatureTails(policy: Policy, request: ViewerRequest): string[] {
  return candidates(policy, request).flatMap((text) => {
    const tail =
      text
        .split('.')[2]
        ?.replace(/[^\w-]/g, '')
        .slice(-20) ?? ''
    return tail.length === 20 ? [tail] : []
  })
}

/** Texts of at least three parts. */
function candidates(policy: Policy, request: ViewerRequest): string[] {
  const { counted, others } = presentedTokens(policy, request.headers)
  const texts = [...counted, ...others].map(({ token }) => token)
  const values = Object.values(request.headers).flatMap((entries) => entries.map(({ value }) => String(value)))
  for (const value of [...values, request.uri, request.querystring ?? '']) {
    // As it stands, too: white space may be inside what was signed.
    texts.push(value.replace(/^\w+ +/, ''), ...value.split(/; ?/).map((pair) => pair.slice(pair.indexOf('=') + 1)))
    for (const reading of readings(value)) {
      for (const word of reading.split(/[\s;,&"'<>()[\]{}/]+|(?<![\w-])Bearer:?/i)) {
        texts.push(word, word.slice(word.indexOf('=') + 1))
      }
      texts.push(...fromJson(reading))
    }
  }
  return [...new Set(texts)].filter((text) => (text.match(/\./g)?.length ?? 0) >= 2 && text.length > 60)
}

function readings(value: string): string[] {
  const decoded = percentDecoded(value)
  const basic = /^Basic ([\w+/=-]+)$/i.exec(value)?.[1]
  // A session cookie that is an object in base64.
  const objects = (decoded.match(/[\w+/-]{80,}/g) ?? []).map((word) => Buffer.from(word, 'base64').toString())
  return [
    ...new Set([
      value,
      decoded,
      percentDecoded(decoded),
      ...objects.filter((text) => text.startsWith('{')),
      ...(basic === undefined
        ? []
        : [
            Buffer.from(basic, 'base64')
              .toString()
              .replace(/^[^:]*:/, ''),
          ]),
    ]),
  ]
}

/** Flattened and general JWS JSON serialization (RFC 7515 7.2). */
function fromJson(text: string): string[] {
  const json = /\{.*\}/s.exec(text)?.[0]
  if (json === undefined || !json.includes('"signature"')) return []
  try {
    const { payload, signatures, ...own } = JSON.parse(json)
    return [own, ...(Array.isArray(signatures) ? signatures : [])].map(
      (one) => `${one?.protected}.${payload}.${one?.signature}`,
    )
  } catch {
    return []
  }
}

function percentDecoded(text: string): string {
  // One broken escape does not hide the others.
  return text.replace(/%[0-9a-f]{2}/gi, (octet) => String.fromCharCode(Number.parseInt(octet.slice(1), 16)))
}

/** A token is looked at under many keys, and the same one is in many requests. */
const known = new WeakMap<Policy, Map<string, SignedToken | null>>()
const knownAtMost = 5_000

function signed(text: string, keys: readonly IssuedKey[], policy: Policy): SignedToken | null {
  const name = `${keys.map(({ id }) => id).join()} ${text}`
  let tokens = known.get(policy)
  if (tokens === undefined || tokens.size >= knownAtMost) tokens = new Map()
  known.set(policy, tokens)
  const before = tokens.get(name)
  if (before !== undefined) return before
  const token = verified(text, keys)
  tokens.set(name, token)
  return token
}

function verified(text: string, keys: readonly IssuedKey[]): SignedToken | null {
  const [head = '', payload = '', signatureText = ''] = text.split('.')
  const signature = Buffer.from(signatureText, 'base64url')
  if (signature.length < 32) return null
  const inputs = [...new Set([`${head}.${payload}`, `${plain(head)}.${plain(payload)}`, `${head}.${decoded(payload)}`])]
  for (const key of keys) {
    const read = key.key()
    const input = read === null ? undefined : inputs.find((one) => holds(one, signature, read))
    if (input === undefined) continue
    const canonical = `${input}.${signature.toString('base64url')}`
    const header = parsed(head)
    const claims = parsed(payload)
    // Signed is signed, whatever it is that was.
    const isPlainJson = header !== null && claims !== null && isPlain(head, header) && isPlain(payload, claims)
    return { canonical, isCanonical: text === canonical, header: header ?? {}, claims: claims ?? {}, isPlainJson, key }
  }
  return null
}

const plain = (part: string) => Buffer.from(part, 'base64url').toString('base64url')
const decoded = (part: string) => Buffer.from(part, 'base64url').toString('utf8')

function isPlain(part: string, object: object): boolean {
  const text = decoded(part)
  try {
    return plain(part) === part && text.replace(/\s/g, '') === JSON.stringify(object).replace(/\s/g, '')
  } catch {
    // JSON.parse reads deeper than JSON.stringify writes.
    return false
  }
}

function parsed(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decoded(part).replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const hashes = ['sha256', 'sha384', 'sha512', 'sha1'] as const

/** By whatever this key can compute: which algorithm the token names is another question. */
function holds(input: string, signature: Buffer, key: KeyObject): boolean {
  const data = Buffer.from(input)
  if (key.type === 'secret') {
    return hashes.some((hash) => createHmac(hash, key).update(data).digest().equals(signature))
  }
  const kind = key.asymmetricKeyType
  if (kind === 'ed25519') return signature.length === 64 && verify(null, data, key, signature)
  if (kind === 'rsa') {
    if (signature.length !== (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) return false
    return hashes.some((hash) =>
      [constants.RSA_PKCS1_PADDING, constants.RSA_PKCS1_PSS_PADDING].some((padding) =>
        verify(hash, data, { key, padding }, signature),
      ),
    )
  }
  if (kind !== 'ec') return false
  return hashes.some((hash) =>
    (['ieee-p1363', 'der'] as const).some((dsaEncoding) => verify(hash, data, { key, dsaEncoding }, signature)),
  )
}
