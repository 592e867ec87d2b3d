import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { cataloguePolicy } from '../effectiveness/flaws/flawed-handler.ts'
import { createWorld } from '../world/make-world.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

it.each(['RS256', 'ES256', 'EdDSA'] as const)(
  'makes a certificate that Node reads and that its own %s key signed',
  async (algorithm) => {
    const { attackerKeys } = await createWorld({ ...cataloguePolicy, algorithms: [algorithm] }, 0)
    const key = attackerKeys[0]
    const certificate = new X509Certificate(selfSignedCertificate(key, 'login.example.com') ?? Buffer.alloc(0))
    expect(certificate.subject).toBe('CN=login.example.com')
    expect(certificate.verify(key.publicKey)).toBe(true)
    expect(certificate.publicKey.equals(key.publicKey)).toBe(true)
  },
)
