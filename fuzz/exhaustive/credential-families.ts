/** Where a token can be, and what can be beside it. */
import type { CredentialSource } from '../../authorizer/policy.ts'
import type { RequestFields } from '../../testing/viewer-request.ts'
import type { Family, FamilyTokens } from './family.ts'

/** All sequences of up to three. */
function* sequences(parts: readonly string[], longest = 3): Generator<string[]> {
  yield []
  if (longest === 0) return
  for (const rest of sequences(parts, longest - 1)) for (const part of parts) yield [part, ...rest]
}

function family(
  name: string,
  credentials: CredentialSource | CredentialSource[],
  requests: Family['requests'] & {},
): Family {
  return {
    name,
    policy: {
      issuer: 'https://issuer.example.com/pool',
      clientIds: ['web', 'app'],
      algorithms: ['EdDSA'],
      credentials,
      routes: [{ path: '/open/*' }, { path: '/users/{sub}/*' }],
    },
    uris: ['/users/ann/x', '/users/bob/x'],
    requests,
  }
}

function* cookies(parts: readonly string[]): Generator<RequestFields> {
  for (const pairs of sequences(parts)) yield { headers: { cookie: pairs.join('; ') } }
}

const amplify = (user: string, client = 'web') => `CognitoIdentityServiceProvider.${client}.${user}`

export const credentialFamilies: readonly Family[] = [
  family('one cookie', { cookie: 's' }, ({ ann, annLater, bob, expired }) =>
    cookies([
      `s=${ann}`,
      `s=${annLater}`,
      `s=${bob}`,
      `s=${expired}`,
      's=',
      's',
      's=x',
      'a=1',
      `xs=${ann}`,
      `S=${ann}`,
      ` s=${bob}`,
      `s =${ann}`,
    ]),
  ),
  family('a cookie in chunks', { cookie: 's', chunks: true }, ({ ann, bob }) => {
    const [one, two] = [ann.slice(0, 100), ann.slice(100)]
    return cookies([
      `s.0=${one}`,
      `s.1=${two}`,
      `s.2=`,
      `s.2=${two}`,
      `s.9=x`,
      's.x=1',
      `s.00=${one}`,
      `s=${bob}`,
      `s.0=${ann}`,
      `s.1=`,
      's.10=x',
    ])
  }),
  family(
    'cookies of the last user',
    { cookie: 'CognitoIdentityServiceProvider.{client}.{lastUser}.accessToken' },
    ({ ann, bob }) =>
      cookies([
        `${amplify('ann')}.accessToken=${ann}`,
        `${amplify('bob')}.accessToken=${bob}`,
        `${amplify('b%6Fb')}.accessToken=${bob}`,
        `${amplify('ann', 'app')}.accessToken=${ann}`,
        `${amplify('LastAuthUser')}=ann`,
        `${amplify('LastAuthUser')}=b%6Fb`,
        `${amplify('LastAuthUser', 'app')}=ann`,
        `${amplify('LastAuthUser')}=`,
        `${amplify('LastAuthUser')}=eve`,
        `${amplify('ann')}.idToken=${bob}`,
      ]),
  ),
  family('cookies of any name', { cookie: '*.t' }, ({ ann, bob, expired }) =>
    cookies([
      `a.t=${ann}`,
      `b.t=${ann}`,
      `a.t=${bob}`,
      `.t=${ann}`,
      `t=${ann}`,
      `a.t=${expired}`,
      `a.tt=${ann}`,
      '=x',
      `=a.t=${ann}`,
      'a.t',
    ]),
  ),
  family(
    'a header, a cookie, another header',
    ['header', { cookie: 's' }, { header: 'x-token', scheme: null }, { header: 'x-other', scheme: 'JWT' }],
    lists,
  ),
]

function* lists({ ann, bob, expired }: FamilyTokens): Generator<RequestFields> {
  const authorization = [
    [],
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${ann}`,
    `bearer  ${bob}`,
    `Bearer ${expired}`,
    'Basic YTpi',
    `Basic ${bob}`,
    [`Bearer ${ann}`, 'Bearer x'],
    ['Basic x', 'Basic y'],
    ann,
    `BearerX ${bob}`,
  ]
  const cookie = [[], 's=', `s=${ann}`, `s=${bob}`, 's=x', 'a=1', `s=${expired}; s=${bob}`]
  const token = [[], '', ann, bob, 'x', `Bearer ${ann}`, [ann, ann]]
  const other = [[], `JWT ${bob}`, `jwt ${ann}`, 'JWT', `Bearer ${bob}`, bob]
  for (const one of authorization)
    for (const two of cookie)
      for (const three of token)
        for (const four of other) {
          yield { headers: { authorization: one, cookie: two, 'x-token': three, 'x-other': four } }
        }
}
