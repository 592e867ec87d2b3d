/** What an answer of a key-set URL is worth: its usable keys, or nothing (RFC 7517 5, RFC 7518 6, SEMANTICS.md "The issuer's keys"). */
import { type CryptoKey, importJWK } from 'jose'
import type { Algorithm } from '../authorizer/policy.ts'
import type { Served } from './served-urls.ts'

export interface PublishedKey {
  kid: string | undefined
  /** The algorithms of the policy that this key may verify. */
  algorithms: Algorithm[]
  /** RSA modulus, R || S, or Ed25519 signature, in octets (RFC 7518 3.3 and 3.4, RFC 8032 5.1.6). */
  signatureBytes: number
  /** Under 2,048 bits, of a bad exponent, or published for something else than signing. */
  doubtful: boolean
  /** Published for something else than signing by `use`, which tells keys of one `kid` apart (RFC 7517 4.5). */
  otherUse: boolean
  /** The same key material has the same text. */
  material: string
  import(algorithm: Algorithm): Promise<CryptoKey>
}

export interface KeySet {
  /** `unsure`: whether a handler takes this answer is its own affair. */
  quality: 'good' | 'bad' | 'unsure'
  keys: PublishedKey[]
}

const unlike: KeySet = { quality: 'bad', keys: [] }
/** A handler may call more than this oversized, and more than this slow. */
const surelySmall = 64 * 1024
const surelyOversized = 8 * 1024 * 1024
const surelyQuickMs = 500

// The same answers are served to instance after instance, and importing keys is the dearest part of judging.
const known = new WeakMap<Served, Map<string, Promise<KeySet>>>()

export function keySetOf(served: Served | undefined, algorithms: readonly Algorithm[]): Promise<KeySet> {
  if (served === undefined) return Promise.resolve(unlike)
  const sets = known.get(served) ?? new Map<string, Promise<KeySet>>()
  known.set(served, sets)
  const set = sets.get(algorithms.join()) ?? judgeAnswer(served, algorithms)
  sets.set(algorithms.join(), set)
  return set
}

async function judgeAnswer(served: Served, algorithms: readonly Algorithm[]): Promise<KeySet> {
  if (served.kind !== 'body') return unlike
  const { status = 200, body, delayMs = 0, halfway } = served
  if (halfway || status < 200 || status > 299 || body.length > surelyOversized) return unlike
  const members = membersOf(body)
  if (members === null) return unlike
  const keys = (await Promise.all(members.map((jwk) => publishedKey(jwk, algorithms)))).filter((key) => key !== null)
  if (keys.length === 0) return unlike
  const plain = status === 200 && body.length <= surelySmall && delayMs <= surelyQuickMs
  // A set whose every key is doubtful may count as one without a usable key.
  return { quality: plain && keys.some((key) => !key.doubtful) ? 'good' : 'unsure', keys }
}

function membersOf(body: string): Record<string, unknown>[] | null {
  try {
    const set: unknown = JSON.parse(body)
    if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) return null
    return set.keys.filter((jwk) => typeof jwk === 'object' && jwk !== null && !Array.isArray(jwk))
  } catch {
    return null
  }
}

const curves: Record<string, { algorithms: Algorithm[]; signatureBytes: number }> = {
  'P-256': { algorithms: ['ES256'], signatureBytes: 64 },
  'P-384': { algorithms: ['ES384'], signatureBytes: 96 },
  'P-521': { algorithms: ['ES512'], signatureBytes: 132 },
  // RFC 9864 2.2: two names.
  Ed25519: { algorithms: ['EdDSA', 'Ed25519'], signatureBytes: 64 },
}

/** Null for a member that nobody can use: malformed, symmetric, or for no algorithm of the policy. */
async function publishedKey(jwk: Record<string, unknown>, allowed: readonly Algorithm[]): Promise<PublishedKey | null> {
  const shape = shapeOf(jwk)
  if (shape === null) return null
  const algorithms = shape.algorithms.filter(
    (algorithm) => allowed.includes(algorithm) && (jwk.alg === undefined || jwk.alg === algorithm),
  )
  const [one] = algorithms
  if (one === undefined) return null
  // Public members only: use, key_ops and a private part are judged here, not by the import.
  const { kty, n, e, crv, x, y, k } = jwk as Record<string, string>
  const material = JSON.stringify(kty === 'RSA' ? { kty, n, e } : kty === 'oct' ? { kty, k } : { kty, crv, x, y })
  const imported = new Map<Algorithm, Promise<CryptoKey>>()
  const load = (algorithm: Algorithm) => {
    const key =
      imported.get(algorithm) ??
      (kty === 'oct' ? secretOf(material) : (importJWK(JSON.parse(material), algorithm) as Promise<CryptoKey>))
    imported.set(algorithm, key)
    return key
  }
  try {
    await load(one)
  } catch {
    return null
  }
  const otherUse = jwk.use !== undefined && jwk.use !== 'sig'
  return {
    kid: typeof jwk.kid === 'string' ? jwk.kid : undefined,
    algorithms,
    signatureBytes: shape.signatureBytes,
    doubtful:
      shape.weak ||
      otherUse ||
      (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))),
    otherUse,
    material,
    import: load,
  }
}

/** RFC 7518 6.4: jose gives the octets of such a key alone. */
function secretOf(material: string): Promise<CryptoKey> {
  const octets = Buffer.from(JSON.parse(material).k, 'base64url')
  return crypto.subtle.importKey('raw', octets, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function shapeOf(
  jwk: Record<string, unknown>,
): { algorithms: Algorithm[]; signatureBytes: number; weak: boolean } | null {
  if (jwk.kty === 'RSA' && typeof jwk.n === 'string' && typeof jwk.e === 'string') {
    const modulus = Buffer.from(jwk.n, 'base64url')
    const bits = BigInt(`0x${modulus.toString('hex') || '0'}`).toString(2).length
    return {
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
      signatureBytes: Math.ceil(bits / 8),
      // RFC 8017 3.1: the exponent is odd and at least 3; with 1 anybody can sign.
      weak: bits < 2048 || jwk.e === 'AQ' || (Buffer.from(jwk.e, 'base64url').at(-1) ?? 0) % 2 === 0,
    }
  }
  // No policy allows it: the handler's own session tokens are judged by their secret.
  if (jwk.kty === 'oct' && typeof jwk.k === 'string') {
    return { algorithms: ['HS256' as Algorithm], signatureBytes: 32, weak: false }
  }
  const curve = (jwk.kty === 'EC' || jwk.kty === 'OKP') && typeof jwk.crv === 'string' ? curves[jwk.crv] : undefined
  if (curve === undefined || (jwk.kty === 'OKP') !== (jwk.crv === 'Ed25519')) return null
  return { ...curve, weak: false }
}
