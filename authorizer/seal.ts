import { nodeCrypto } from './node-crypto.ts'

/**
 * AES-256-GCM with a key and a nonce of its own for each text, by HKDF (RFC 5869) from one of the keys and a random salt, 16 octets in base64url: a
 * nonce that is drawn at random could repeat under one key. `binding`: what the text is only good for.
 */
export function sealed(text: string, key: string, salt: string, binding: string): string {
  const octets = Buffer.from(salt, 'base64url')
  const cipher = nodeCrypto().createCipheriv(...parameters(key, octets))
  cipher.setAAD(Buffer.from(binding))
  return Buffer.concat([octets, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/**
 * The text, by the first key that opens it for this binding.
 *
 * @throws Error where none does.
 */
export function opened(text: string, [key, ...others]: readonly string[], binding: string): string {
  const octets = Buffer.from(text, 'base64url')
  try {
    const decipher = nodeCrypto().createDecipheriv(...parameters(key as string, octets.subarray(0, 16)))
    decipher.setAAD(Buffer.from(binding)).setAuthTag(octets.subarray(-16))
    return decipher.update(octets.subarray(16, -16), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    if (others.length === 0) throw error
    return opened(text, others, binding)
  }
}

/** A tag of another length than 16 is refused: four octets could be guessed. */
function parameters(key: string, salt: Uint8Array) {
  const secret = Buffer.from(key, 'base64url')
  const derived = Buffer.from(nodeCrypto().hkdfSync('sha256', secret, salt, 'edgeproof refresh 1', 44))
  return ['aes-256-gcm', derived.subarray(0, 32), derived.subarray(32), { authTagLength: 16 }] as const
}
