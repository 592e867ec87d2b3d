/** Takes a compact JWS apart and judges its form (SEMANTICS.md, "Token"; RFC 7515 3.1, 4.1, 5.2; RFC 7797; RFC 8725 3). */
import { type Claims, own } from './claim-reference.ts'
import { hasDuplicateMembers, nestingLevels, parsingPrice } from './json-text.ts'
import { type Judgement, lax, may, refused, sound } from './judgement.ts'
import type { JudgedProvider } from './policy-defaults.ts'

export interface TokenParts {
  header: Record<string, unknown>
  claims: Claims
  /** The octets that were signed, exactly as received. */
  signingInput: string
  signature: Buffer
  judgements: Judgement[]
}

const maxLevels = 16
const maxHeaderPrice = 420

/** Null with a refusal where the text is no compact JWS of two JSON objects under any loose reading. */
export function takeApart(token: string): TokenParts | Judgement {
  const parts = token.split('.')
  const [rawHeader, rawPayload, rawSignature] = parts
  if (parts.length !== 3 || rawHeader === undefined || rawPayload === undefined || rawSignature === undefined) {
    return refused('token/compact', 'the token is not three parts')
  }
  const header = jsonObject(rawHeader, 'header')
  if ('outcome' in header) return header
  const payload = jsonObject(rawPayload, 'payload')
  if ('outcome' in payload) return payload
  if (/[^A-Za-z0-9_-]/.test(rawSignature) || rawSignature.length % 4 === 1) {
    return refused('token/signature-spelling', 'the signature is not base64url')
  }
  return {
    header: header.object,
    claims: payload.object,
    signingInput: `${rawHeader}.${rawPayload}`,
    signature: Buffer.from(rawSignature, 'base64url'),
    judgements: [
      ...header.judgements,
      ...payload.judgements,
      trailingBits(rawSignature, 'signature'),
      ...judgeExtensions(header.object),
    ],
  }
}

function jsonObject(
  raw: string,
  part: 'header' | 'payload',
): { object: Record<string, unknown>; judgements: Judgement[] } | Judgement {
  const octets = Buffer.from(raw, 'base64url')
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets)
  const judgements = [
    /^[A-Za-z0-9_-]*$/.test(raw) && raw.length % 4 !== 1
      ? trailingBits(raw, part)
      : lax('token/base64url', `the ${part} is not base64url`),
    text.startsWith('\ufeff') ? lax('token/bom', `the ${part} begins with a byte order mark`) : sound,
    isUtf8(octets) ? sound : lax('token/utf-8', `the ${part} is not UTF-8`),
  ]
  const json = text.replace(/^\ufeff/, '')
  let object: unknown
  try {
    object = JSON.parse(json)
  } catch {
    return refused('token/json', `the ${part} is not JSON`)
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return refused('token/json', `the ${part} is not a JSON object`)
  }
  if (hasDuplicateMembers(json)) {
    judgements.push(may('token/duplicates', `the ${part} names a member twice`, 'deny'))
  }
  if (nestingLevels(json) > maxLevels) {
    judgements.push(may('token/nesting', `the ${part} is nested in more than ${maxLevels} levels`, 'deny'))
  }
  if (part === 'header' && parsingPrice(octets) > maxHeaderPrice) {
    judgements.push(may('token/header-price', 'the header is dearer to parse than a signature is to verify', 'deny'))
  }
  return { object: object as Record<string, unknown>, judgements }
}

function isUtf8(octets: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets)
    return true
  } catch {
    return false
  }
}

/** RFC 4648 3.5: the bits that no octet uses should be zero. */
function trailingBits(raw: string, part: string): Judgement {
  return Buffer.from(raw, 'base64url').toString('base64url') === raw
    ? sound
    : may('token/trailing-bits', `the ${part} has non-zero trailing bits`, 'deny')
}

/** What is said of a header by the provider whose token it is. */
export function judgeHeader({ algorithms, types }: JudgedProvider, header: Record<string, unknown>): Judgement[] {
  return [
    algorithms.some((algorithm) => algorithm === own(header, 'alg'))
      ? sound
      : refused('token/alg', `alg is not one of ${algorithms.join(', ')}`),
    judgeType(own(header, 'typ'), types),
  ]
}

/** RFC 7515 4.1.9: a media type, of which `application/` may be left out. */
function judgeType(typ: unknown, types: readonly string[] | null): Judgement {
  const name = typeof typ === 'string' ? shortType(typ) : null
  if (types !== null) {
    return types.some((type) => shortType(type) === name)
      ? sound
      : refused('token/type', `typ is not one of ${types.join(', ')}`)
  }
  if (typ === undefined || name === 'jwt' || name === 'at+jwt') return sound
  if (name === null) return lax('token/type', 'typ is no text')
  return name.endsWith('+jwt')
    ? refused('token/type', 'typ says that the token is of another kind')
    : may('token/type', 'typ is not that of a token', 'deny')
}

function shortType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function judgeExtensions(header: Record<string, unknown>): Judgement[] {
  const judgements: Judgement[] = []
  if (Object.hasOwn(header, 'crit')) {
    const onlyB64 = Array.isArray(header.crit) && header.crit.length === 1 && header.crit[0] === 'b64'
    judgements.push(
      onlyB64 ? lax('token/b64', 'crit names b64') : refused('token/crit', 'crit names what nobody understands'),
    )
  }
  if (Object.hasOwn(header, 'b64')) {
    judgements.push(
      header.b64 === true
        ? lax('token/b64', 'the header has b64')
        : refused('token/b64', 'b64 is not true: the payload is not encoded'),
    )
  }
  return judgements
}
