import { describe, expect, it } from 'vitest'
import { complaint } from '../testing/policy-complaint.ts'

const policy = (credentials: unknown) => ({
  issuer: 'https://issuer.example.com',
  clientIds: ['web'],
  routes: [{ path: '/*' }],
  credentials,
})
const amplify = 'CognitoIdentityServiceProvider.{client}.{lastUser}.accessToken'

describe('credentials', () => {
  it.each<[unknown]>([
    ['header'],
    [{ header: 'Cf-Access-Jwt-Assertion', scheme: null }],
    [{ header: 'x-token', scheme: 'JWT' }],
    [{ header: 'authorization' }],
    [{ cookie: 'session' }],
    [{ cookie: 'session', chunks: true }],
    [{ cookie: 'a.*.b', chunks: false }],
    [{ cookie: amplify }],
    [['header', { header: 'authorization', scheme: 'DPoP' }, { cookie: 'session', chunks: true }, { cookie: amplify }]],
    [[{ header: 'x-token' }, { header: 'x-token', scheme: null }]],
    [[{ cookie: 'a' }, { cookie: 'A' }, { cookie: 'a', chunks: true }]],
  ])('%j are taken', (credentials) => {
    expect(complaint(policy(credentials))).toBeUndefined()
  })

  it.each<[unknown, path: string, message: string]>([
    [[], 'credentials', 'should name at least one source'],
    [[['header']], 'credentials[0]', 'should be "header", { "header": NAME } or { "cookie": NAME }'],
    [{}, 'credentials', 'should be "header", { "header": NAME } or { "cookie": NAME }, or a list of these'],
    [['header', {}], 'credentials[1]', 'should be "header", { "header": NAME } or { "cookie": NAME }'],
    [null, 'credentials', 'should be "header", '],
    [{ header: '' }, 'credentials.header', 'should be the name of a header'],
    [{ header: 'x token' }, 'credentials.header', 'should be the name of a header'],
    [{ header: 5 }, 'credentials.header', 'should be a string'],
    ...['cookie', 'Host', 'content-length', 'transfer-encoding', 'via'].map((header): [unknown, string, string] => [
      { header },
      'credentials.header',
      'should be a header that a viewer may add and CloudFront lets a function remove; for a cookie write { "cookie": NAME }',
    ]),
    [{ header: 'a', scheme: '' }, 'credentials.scheme', 'should be a scheme such as Bearer (RFC 9110 11.1), or null'],
    [{ header: 'a', scheme: 'Bearer ' }, 'credentials.scheme', 'should be a scheme such as Bearer'],
    [{ header: 'a', shceme: 'Bearer' }, 'credentials.shceme', 'is not a field; did you mean scheme?'],
    [{ cookies: 'a' }, 'credentials.cookies', 'is not a field; did you mean cookie?'],
    [{ cookie: 'a', header: 'a' }, 'credentials', 'should be "header", '],
    [{ cookie: '' }, 'credentials.cookie', 'should be a cookie name (RFC 6265 4.1.1), where {client}, and one *'],
    [{ cookie: 'a;b' }, 'credentials.cookie', 'should be a cookie name'],
    [{ cookie: 'a.{user}' }, 'credentials.cookie', 'should be a cookie name'],
    [{ cookie: 'a.*.*' }, 'credentials.cookie', 'should be a cookie name with at most one * or one {lastUser}'],
    [{ cookie: 'a.{lastUser}.*' }, 'credentials.cookie', 'with at most one * or one {lastUser}'],
    [{ cookie: 'a.{lastUser}.{lastUser}.b' }, 'credentials.cookie', 'with at most one * or one {lastUser}'],
    [{ cookie: '{lastUser}.a' }, 'credentials.cookie', 'should have text before {lastUser}, as LastAuthUser has, and'],
    [{ cookie: 'a.{lastUser}' }, 'credentials.cookie', 'should have text before {lastUser}, as LastAuthUser has, and'],
    [{ cookie: 'a.*', chunks: true }, 'credentials.chunks', 'should be left out where the name has * or {lastUser}'],
    [{ cookie: amplify, chunks: true }, 'credentials.chunks', 'should be left out where the name has * or {lastUser}'],
    [{ cookie: 'a', chunks: 9 }, 'credentials.chunks', 'should be a boolean'],
    [[{ cookie: 'a' }, { cookie: 'a b' }], 'credentials[1].cookie', 'should be a cookie name'],
    [['header', 'header'], 'credentials[1]', 'is never looked at after credentials[0]'],
    [
      ['header', { header: 'Authorization', scheme: 'bearer' }],
      'credentials[1]',
      'is never looked at after credentials[0]',
    ],
    [
      ['header', { header: 'x-a', scheme: null }, { header: 'X-A', scheme: 'JWT' }],
      'credentials[2]',
      'is never looked at after credentials[1]',
    ],
    [[{ cookie: 'a' }, { cookie: 'a' }], 'credentials[1]', 'is never looked at after credentials[0]'],
    [[{ cookie: 'a', chunks: true }, { cookie: 'a' }], 'credentials[1]', 'is never looked at after credentials[0]'],
  ])('%j are refused at %s: %s', (credentials, path, message) => {
    const line = complaint(policy(credentials))
    expect(line).toContain(`policy.json: ${path}: `)
    expect(line).toContain(message)
    expect(line).not.toContain('\n')
  })

  it.each<[unknown, path: string]>([
    [{ cookie: amplify }, 'credentials.cookie'],
    [['header', { cookie: 'a.{client}' }], 'credentials[1].cookie'],
  ])('%j are refused where no client can stand in the name of a cookie', (credentials, path) => {
    const complaintOf = (clientIds: string[]) => complaint({ ...policy(credentials), clientIds })
    expect(complaintOf(['https://app.example.com/'])).toBe(
      `policy.json: ${path}: has {client}, and no client of this policy can stand in the name of a cookie (RFC 6265 4.1.1)`,
    )
    expect(complaintOf(['https://app.example.com/', 'web'])).toBeUndefined()
  })
})
