import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { sealKey, signInTestBed } from '../testing/sign-in-test-bed.ts'
import type { SignIn } from './policy.ts'

describe('a client', () => {
  const authorize = async (fields: Partial<SignIn>) => {
    const bed = signInTestBed(fields)
    await bed.browser().signIn('/', 'ann')
    return bed.posts[0] as (typeof bed.posts)[0]
  }
  it('with a secret says both halves form-encoded, in a header or in the form', async () => {
    const secret = { seal: [sealKey('k')], clientSecret: 'a:b%c d' }
    const basic = await authorize({ tokenEndpointAuthMethod: 'client_secret_basic', secret })
    expect(basic.headers.authorization).toBe(`Basic ${btoa('web:a%3Ab%25c+d')}`)
    expect(basic.form.has('client_id') || basic.form.has('client_secret')).toBe(false)
    const post = await authorize({ tokenEndpointAuthMethod: 'client_secret_post', secret })
    expect([post.form.get('client_id'), post.form.get('client_secret')]).toEqual(['web', 'a:b%c d'])
  })

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'with a private key signs an assertion by %s',
    async (algorithm) => {
      const key = await createSigningKey(algorithm, 'one')
      const privateKey = { ...key.privateKey.export({ format: 'jwk' }), kid: 'one', alg: algorithm } as Record<
        string,
        string
      >
      const { form } = await authorize({
        tokenEndpointAuthMethod: 'private_key_jwt',
        secret: { seal: [sealKey('k')], privateKey },
      })
      const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') ?? '', key.publicKey, {
        issuer: 'web',
        subject: 'web',
        audience: 'https://login.example.com/token',
        currentDate: new Date(start),
      })
      expect(protectedHeader).toEqual({ alg: algorithm, kid: 'one', typ: 'JWT' })
      expect(payload).toMatchObject({ exp: start / 1000 + 60, jti: expect.any(String) })
    },
  )
})
