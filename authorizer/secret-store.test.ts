import aws4 from 'aws4'
import { expect, it } from 'vitest'
import { fetchSecrets } from './secret-store.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' }
const secrets = { seal: ['x'] }

it.each([
  [
    { ssmParameter: 'arn:aws:ssm:eu-west-1:111122223333:parameter/a/b' },
    'ssm',
    { Parameter: { Value: JSON.stringify(secrets) } },
  ],
  [
    { secretsManager: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf' },
    'secretsmanager',
    { SecretString: JSON.stringify(secrets) },
  ],
])('asks the store of %j, signed as aws4 signs', async (reference, service, answer) => {
  const found = await fetchSecrets(
    reference,
    async (uri, headers, body) => {
      const host = `${service}.eu-west-1.amazonaws.com`
      expect(uri).toBe(`https://${host}/`)
      const { authorization, ...others } = headers
      const request = {
        ...{ host, service, region: 'eu-west-1', method: 'POST', path: '/', body, headers: { ...others } },
        extraHeadersToIgnore: { 'content-length': true },
      }
      const signed = aws4.sign(request, {
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'secret',
        sessionToken: 'session',
      })
      expect(authorization).toBe(signed.headers?.Authorization)
      return { status: 200, body: JSON.stringify(answer) }
    },
    environment,
    now,
  )
  expect(found).toEqual(secrets)
})

it('rejects what the store refuses', async () => {
  const reference = { ssmParameter: 'arn:aws:ssm:eu-west-1:111122223333:parameter/a' }
  await expect(fetchSecrets(reference, async () => ({ status: 400, body: '{}' }), environment, now)).rejects.toThrow()
})
