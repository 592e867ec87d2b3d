import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeCertificate, selfSignedCertificate } from './certificate.ts'
import { createSigningKey } from './issuer.ts'

it.each(['RS256', 'ES256', 'EdDSA'] as const)(
  'makes a certificate that Node reads and that its own %s key signed',
  async (algorithm) => {
    const key = await createSigningKey(algorithm)
    const certificate = new X509Certificate(selfSignedCertificate(key, 'login.example.com') ?? Buffer.alloc(0))
    expect(certificate.subject).toBe('CN=login.example.com')
    expect(certificate.verify(key.publicKey)).toBe(true)
    expect(certificate.publicKey.equals(key.publicKey)).toBe(true)
  },
)

it('makes one for TLS on localhost that is good now and for a week', async () => {
  const certificate = new X509Certificate((await makeCertificate()).certificate)
  expect([certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1'])
  expect(certificate.checkHost('example.com')).toBeUndefined()
  expect(certificate.ca).toBe(true)
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now())
  const days = (certificate.validToDate.getTime() - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(6)
  expect(days).toBeLessThan(8)
})
