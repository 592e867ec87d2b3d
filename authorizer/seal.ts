import { nodeCrypto } from './node-crypto.ts'

const saltLength = 16
const tagLength = 16
const keyLength = 32

/**
 * AES-256-GCM with a key and a nonce of its own for each text, by HKDF (RFC 5869) from one of the keys and a random salt: a nonce that
 * is drawn at random could repeat under one key. `binding`: what the text is only good for.
 */
export function sealed(text: string, key: string, salt: Buffer, binding: string): string {
  const cipher = nodeCrypto()
    .createCipheriv(...parameters(key, salt))
    .setAAD(Buffer.from(binding))
  return Buffer.concat([salt, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** The text; undefined where none of the keys opens it for this binding. */
export function opened(text: string, keys: readonly string[], binding: string): string | undefined {
  const octets = Buffer.from(text, 'base64url')
  const end = octets.length - tagLength
  if (end < saltLength) return undefined
  for (const key of keys) {
    try {
      const decipher = nodeCrypto()
        .createDecipheriv(...parameters(key, octets.subarray(0, saltLength)))
        .setAAD(Buffer.from(binding))
        .setAuthTag(octets.subarray(end))
      return decipher.update(octets.subarray(saltLength, end), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      // Another key may have sealed it.
    }
  }
  return undefined
}

/** A tag of another length than this is refused: four octets could be guessed. */
function parameters(key: string, salt: Uint8Array) {
  const derived = Buffer.from(
    nodeCrypto().hkdfSync('sha256', Buffer.from(key, 'base64url'), salt, 'edgeproof seal 1', keyLength + 12),
  )
  return [
    'aes-256-gcm',
    derived.subarray(0, keyLength),
    derived.subarray(keyLength),
    { authTagLength: tagLength },
  ] as const
}
