/** Situations that people who protect files with tokens have reported, and what is right in each (oracle/SEMANTICS.md). */
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, jwkSet, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey, type SigningKey } from '../testing/issuer.ts'
import { encode, mint } from '../testing/mint.ts'
import type { OneProviderPolicy, Provider } from './policy.ts'

const rsa = await createSigningKey('RS256', 'rsa')
const ec = await createSigningKey('ES256', 'ec')
const ed = await createSigningKey('EdDSA', 'ed')

/** A payload of an issuer that is no Cognito pool; undefined takes a claim out. */
function claims(changes: Record<string, unknown>): Record<string, unknown> {
  return claimsAt(start, { token_use: undefined, client_id: undefined, ...changes })
}

/** What becomes of a token of this payload at /open/x, or another path, under such a provider. */
async function outcomeOf(
  provider: Partial<Provider>,
  payload: Record<string, unknown>,
  { uri = '/open/x', header = {}, routes }: { uri?: string; header?: object } & Partial<OneProviderPolicy> = {},
) {
  const policy = { algorithms: ['ES256'] as const, ...provider, ...(routes ? { routes } : {}) }
  const { present } = createTestBed({ keys: [ec], policy })
  return present(mint(ec, payload, header), uri)
}

describe('providers', () => {
  it('P1: an issuer ends with a slash', async () => {
    const slashed = 'https://tenant.eu.auth.example/'
    const asked: string[] = []
    const { present } = createTestBed({
      policy: { issuer: slashed, tokenUse: null, algorithms: ['ES256'] },
      get: async (uri) => {
        asked.push(uri)
        return jwkSet([ec])
      },
    })
    expect(await present(mint(ec, claims({ iss: slashed, aud: 'web' })))).toBe('allow')
    expect(await present(mint(ec, claims({ iss: slashed.slice(0, -1), aud: 'web' })))).toBe('issuer')
    expect(asked).toEqual(['https://tenant.eu.auth.example/.well-known/jwks.json'])
  })

  it.each([
    ['groups', { groups: ['editors'] }],
    ['/realm_access/roles', { realm_access: { roles: ['editors'] } }],
    ['https://example.com/roles', { 'https://example.com/roles': ['editors'] }],
    [{ claim: 'roles', split: ' ' }, { roles: 'readers editors' }],
  ])('P7: groups are in %j', async (groupsClaim, held) => {
    const routes = [{ path: '/g/{group}/*' }, { path: '/r/*', groups: ['editors'] }]
    const provider = { groupsClaim, tokenUse: null, routes } as const
    const payload = claims({ aud: 'web', ...held })
    expect(await outcomeOf(provider, payload, { uri: '/g/editors/x', routes })).toBe('allow')
    expect(await outcomeOf(provider, payload, { uri: '/r/x', routes })).toBe('allow')
    expect(await outcomeOf(provider, payload, { uri: '/g/owners/x', routes })).toBe('right')
    expect(await outcomeOf({ tokenUse: null }, payload, { uri: '/r/x', routes })).toBe('right')
  })

  it.each([
    ['P8: an array', '{claim:teams}', { teams: ['a', 'b'] }, 'b', 'allow'],
    ['P8: an array', '{claim:teams}', { teams: ['a', 'b'] }, 'a,b', 'right'],
    [
      'P9: a name that is a URL',
      '{claim:https://example.com/tenant}',
      { 'https://example.com/tenant': 't' },
      't',
      'allow',
    ],
    [
      'P9: a name that is a URL',
      '{claim:https://example.com/tenant}',
      { 'https://example.com/tenant': 't' },
      'u',
      'right',
    ],
    ['a pointer', '{claim:/org/id}', { org: { id: 'o' } }, 'o', 'allow'],
    ['a pointer through an array', '{claim:/org/0}', { org: ['o'] }, 'o', 'right'],
    ['a pointer with escapes', '{claim:/a~1b/c~0d}', { 'a/b': { 'c~d': 'o' } }, 'o', 'allow'],
    ['P10: an integer', '{claim:tenant}', { tenant: 42 }, '42', 'allow'],
    ['P10: an integer', '{claim:tenant}', { tenant: 42 }, '042', 'right'],
    ['P10: an integer', '{claim:tenant}', { tenant: 42 }, '42.0', 'right'],
    ['P10: an integer', '{claim:tenant}', { tenant: 42 }, '4.2e1', 'right'],
    ['P10: an integer', '{claim:tenant}', { tenant: 42 }, '%2B42', 'right'],
    ['P10: past 2^53 - 1', '{claim:tenant}', { tenant: 2 ** 53 }, '9007199254740992', 'right'],
  ])('%s fits a capture where it should: %s of %j at %s', async (_, capture, held, segment, expected) => {
    const routes = [{ path: `/t/${capture}/*` }]
    const payload = claimsAt(start, held)
    expect(await outcomeOf({}, payload, { uri: `/t/${segment}/x`, routes })).toBe(expected)
  })

  it.each([['accounts.google.com'], ['https://accounts.google.com'], ['http://adfs.example.com/adfs/services/trust']])(
    'P17: the issuer is %s',
    async (iss) => {
      const provider = {
        issuer: ['accounts.google.com', 'https://accounts.google.com', 'http://adfs.example.com/adfs/services/trust'],
        jwksUri: 'https://keys.example.com/certs',
        tokenUse: null,
      } as const
      expect(await outcomeOf(provider, claims({ iss, aud: 'web' }))).toBe('allow')
      expect(await outcomeOf(provider, claims({ iss: `${iss}/`, aud: 'web' }))).toBe('issuer')
    },
  )

  it.each<[string, Provider['tenants'] & {}, unknown, string, string]>([
    ['one that is listed', ['t1'], 't1', 't1', 'allow'],
    ['another', ['t1'], 't2', 't2', 'issuer'],
    ['any', 'any', 't2', 't2', 'allow'],
    ['one that is not the claim', 'any', 't1', 't2', 'issuer'],
    ['none', 'any', '', '', 'issuer'],
    ['an array', ['t1'], ['t1'], 't1', 'issuer'],
  ])('P18: the tenant is %s', async (_, tenants, tid, named, expected) => {
    const provider = {
      issuer: 'https://login.microsoftonline.com/{tid}/v2.0',
      jwksUri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
      tenants,
      tokenUse: null,
    } as const
    const iss = `https://login.microsoftonline.com/${named}/v2.0`
    expect(await outcomeOf(provider, claims({ iss, tid, aud: 'web' }))).toBe(expected)
  })

  it('P19: keys have no alg, and iss is of the v1 form', async () => {
    const iss = 'https://sts.windows.net/tenant/'
    const { alg: _, ...jwk } = ec.jwk
    const { present } = createTestBed({
      policy: { issuer: iss, tokenUse: null, algorithms: ['ES256'] },
      get: async () => JSON.stringify({ keys: [jwk] }),
    })
    expect(await present(mint(ec, claims({ iss, aud: 'web' })))).toBe('allow')
  })

  it('P21: the client is in azp', async () => {
    const provider = { tokenUse: null, clientClaim: 'azp' } as const
    expect(await outcomeOf(provider, claims({ aud: 'account', azp: 'web' }))).toBe('allow')
    expect(await outcomeOf(provider, claims({ aud: 'account', azp: 'other' }))).toBe('client')
    expect(await outcomeOf(provider, claims({ aud: 'web' }))).toBe('client')
  })

  describe('two of them', () => {
    const staff = 'https://staff.example.com'
    const guests = 'https://guests.example.com'
    const bed = createTestBed({
      policy: {
        providers: {
          staff: { issuer: staff, tokenUse: 'access', clientIds: ['web'], algorithms: ['ES256'] },
          guests: { issuer: guests, tokenUse: null, clientIds: ['kiosk'], algorithms: ['RS256'] },
        },
        routes: [
          { path: '/open/*' },
          { path: '/users/{sub}/*', provider: 'staff' },
          { path: '/groups/*', groups: ['g'], provider: 'staff' },
          { path: '/both/{sub}/*', provider: ['staff', 'guests'] },
        ],
      },
      get: async (uri) => jwkSet([uri.startsWith(staff) ? ec : rsa]),
    })
    const ofStaff = (changes = {}) => mint(ec, claimsAt(start, { iss: staff, sub: 'ann', ...changes }))
    const ofGuests = (changes = {}) => mint(rsa, claims({ iss: guests, aud: 'kiosk', sub: 'ann', ...changes }))

    it('P22: a client of one never passes with the other’s token', async () => {
      expect(await bed.present(ofStaff())).toBe('allow')
      expect(await bed.present(ofGuests())).toBe('allow')
      expect(await bed.present(ofGuests({ aud: 'web' }))).toBe('client')
      expect(await bed.present(ofStaff({ client_id: 'kiosk' }))).toBe('client')
      expect(await bed.present(ofGuests({ iss: staff, token_use: 'access', client_id: 'web' }))).toBe('unknown-key')
      expect(await bed.present(ofStaff({ iss: guests, aud: 'kiosk' }))).toBe('unknown-key')
    })

    it('P32: users of one sub, and groups of one name, are told apart by provider', async () => {
      const groups = { 'cognito:groups': ['g'] }
      expect(await bed.present(ofStaff(groups), '/users/ann/x')).toBe('allow')
      expect(await bed.present(ofGuests(groups), '/users/ann/x')).toBe('provider')
      expect(await bed.present(ofStaff(groups), '/groups/x')).toBe('allow')
      expect(await bed.present(ofGuests(groups), '/groups/x')).toBe('provider')
      expect(await bed.present(ofGuests(), '/both/ann/x')).toBe('allow')
    })
  })

  it.each([
    ['P23: both are right', { hd: 'example.com', email_verified: true }, 'allow'],
    ['P23: a stranger’s domain', { hd: 'evil.example', email_verified: true }, 'claim'],
    ['P23: a domain that only begins so', { hd: 'example.com.evil.example', email_verified: true }, 'claim'],
    ['P23: false', { hd: 'example.com', email_verified: false }, 'claim'],
    ['P23: a string for a boolean', { hd: 'example.com', email_verified: 'true' }, 'claim'],
    ['P23: absent', { hd: 'example.com' }, 'claim'],
    ['one of an array', { hd: ['other.example', 'example.com'], email_verified: true }, 'allow'],
  ])('rules on claims: %s', async (_, held, expected) => {
    const provider = { claims: { hd: ['example.com'], email_verified: true } }
    expect(await outcomeOf(provider, claimsAt(start, held))).toBe(expected)
  })

  it.each([
    ['an array with it', { roles: ['a', 'reader'] }, 'allow'],
    ['an array without it', { roles: ['a'] }, 'claim'],
    ['the value alone', { roles: 'reader' }, 'claim'],
  ])('a claim that has to contain a value: %s', async (_, held, expected) => {
    expect(await outcomeOf({ claims: { roles: { contains: 'reader' } } }, claimsAt(start, held))).toBe(expected)
  })

  it.each([
    ['scope', { scope: 'openid files:read' }, 'allow'],
    ['scp, an array', { scope: undefined, scp: ['files:read'] }, 'allow'],
    ['scp, a string', { scope: undefined, scp: 'a files:read' }, 'allow'],
    ['another scope', { scope: 'openid files:write' }, 'scope'],
    ['scope goes before scp', { scope: 'openid', scp: ['files:read'] }, 'scope'],
    ['a scope that only contains it', { scope: 'xfiles:read' }, 'scope'],
  ])('P24: a route wants a scope: %s', async (_, held, expected) => {
    const routes = [{ path: '/open/*', scopes: ['files:read'] }]
    expect(await outcomeOf({}, claimsAt(start, held), { routes })).toBe(expected)
  })

  it('P24: a denial for want of a scope names it', async () => {
    const { decide } = createTestBed({
      keys: [ec],
      policy: { algorithms: ['ES256'], routes: [{ path: '/open/*', scopes: ['files:read', 'files:list'] }] },
    })
    const headers = { authorization: `Bearer ${mint(ec, claimsAt(start))}` }
    expect(await decide('/open/x', { headers })).toMatchObject({
      allow: false,
      response: {
        status: '403',
        headers: {
          'www-authenticate': [
            { value: 'Bearer realm="edgeproof", error="insufficient_scope", scope="files:read files:list"' },
          ],
        },
      },
    })
  })

  it('P28: a pool with the other issuer works, and one whose keys are refused harms no other', async () => {
    const old = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01'
    const updated = 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01'
    for (const working of [old, updated]) {
      const { present } = createTestBed({
        policy: { issuer: [old, updated], algorithms: ['ES256'] },
        get: async (uri) => {
          if (!uri.startsWith(working)) throw new Error('403')
          return jwkSet([ec])
        },
      })
      expect(await present(mint(ec, claimsAt(start, { iss: working })))).toBe('allow')
    }
  })

  it.each([
    ['its own server', 'https://files.example.com', 'allow'],
    ['its own among others', ['https://api.example.com', 'https://files.example.com'], 'allow'],
    ['another server', 'https://api.example.com', 'audience'],
    ['none', undefined, 'audience'],
  ])('P29: an access token is for %s', async (_, aud, expected) => {
    expect(await outcomeOf({ audiences: ['https://files.example.com'] }, claimsAt(start, { aud }))).toBe(expected)
  })

  it.each([
    [undefined, 'logout+jwt', 'token-type'],
    [undefined, 'application/secevent+jwt', 'token-type'],
    [undefined, 'AT+JWT', 'allow'],
    [undefined, 'application/at+jwt', 'allow'],
    [undefined, 'JWT', 'allow'],
    [undefined, undefined, 'allow'],
    [undefined, ['JWT'], 'token-type'],
    [['at+jwt'], 'at+jwt', 'allow'],
    [['at+jwt'], 'JWT', 'token-type'],
    [['at+jwt'], undefined, 'token-type'],
    [['logout+jwt'], 'logout+jwt', 'allow'],
  ])('P30: under the types %j a token of type %j', async (types, typ, expected) => {
    const provider = { tokenUse: null, ...(types ? { types } : {}) }
    expect(await outcomeOf(provider, claims({ aud: 'web' }), { header: { typ } })).toBe(expected)
  })

  it('P31: a token that is bound to a key', async () => {
    const payload = claimsAt(start, { cnf: { jkt: 'x' } })
    expect(await outcomeOf({}, payload)).toBe('confirmation')
    expect(await outcomeOf({ cnf: 'ignore' }, payload)).toBe('allow')
  })

  it('P27: dates are fractions', async () => {
    const seconds = start / 1000
    expect(await outcomeOf({}, claimsAt(start, { iat: seconds - 0.5, exp: seconds + 0.5 }))).toBe('allow')
  })
})

describe('the issuer’s keys', () => {
  const present = (
    keys: readonly unknown[],
    key: SigningKey,
    header: object = {},
    policy: Partial<OneProviderPolicy> = {},
  ) =>
    createTestBed({
      get: async () => JSON.stringify({ keys }),
      policy: { algorithms: ['RS256', 'RS512', 'ES256', 'EdDSA', 'Ed25519'], ...policy },
    }).present(mint(key, claimsAt(start), header))
  const as = (key: SigningKey, algorithm: SigningKey['algorithm']): SigningKey => ({ ...key, algorithm })
  const nameless = { ...ec.jwk, kid: undefined }

  it('P2: one key is listed for two algorithms', async () => {
    const twice = [rsa.jwk, { ...rsa.jwk, alg: 'RS512' }]
    expect(await present(twice, rsa)).toBe('allow')
    expect(await present(twice, as(rsa, 'RS512'))).toBe('allow')
  })

  it('P3: keys of two types have one kid', async () => {
    const twin = { ...rsa, kid: 'one' }
    const both = [
      { ...rsa.jwk, kid: 'one', alg: undefined },
      { ...ec.jwk, kid: 'one', alg: undefined },
    ]
    expect(await present(both, twin)).toBe('allow')
    expect(await present(both, { ...ec, kid: 'one' })).toBe('allow')
  })

  it('P4: one key is listed twice', async () => {
    expect(await present([ec.jwk, ec.jwk], ec)).toBe('allow')
    expect(await present([ec.jwk, { ...ec.jwk, x5t: 'a' }], ec)).toBe('allow')
  })

  it('P5: a key to encrypt with has the same kid', async () => {
    expect(await present([{ ...rsa.jwk, use: 'enc', kid: 'ec' }, ec.jwk], ec)).toBe('allow')
  })

  it.each<[string, unknown, object, string, string]>([
    ['neither has a kid', nameless, { kid: undefined }, 'allow', 'token-header'],
    ['the token alone has none', ec.jwk, { kid: undefined }, 'allow', 'token-header'],
    ['the key alone has none', nameless, {}, 'allow', 'unknown-key'],
    ['they have different ones', ec.jwk, { kid: 'other' }, 'unknown-key', 'unknown-key'],
  ])('P6: %s', async (_, jwk, header, optional, required) => {
    expect(await present([jwk, rsa.jwk], ec, header, { kid: 'optional' })).toBe(optional)
    expect(await present([jwk, rsa.jwk], ec, header)).toBe(required)
  })

  it('P6: a missing name is nobody’s where two keys fit', async () => {
    const other = await createSigningKey('ES256', 'other')
    for (const two of [
      [ec.jwk, other.jwk],
      [nameless, other.jwk],
      [nameless, { ...other.jwk, kid: undefined }],
    ]) {
      const keys = [...two, rsa.jwk]
      expect(await present(keys, ec, { kid: undefined }, { kid: 'optional' })).toBe('unknown-key')
      expect(await present(keys, ec, { kid: 'third' }, { kid: 'optional' })).toBe('unknown-key')
    }
  })

  it('P25: Ed25519 is named in full', async () => {
    const full = { ...ed.jwk, alg: 'Ed25519' }
    expect(await present([full], as(ed, 'Ed25519'))).toBe('allow')
    expect(await present([ed.jwk], ed)).toBe('allow')
    expect(await present([{ ...ed.jwk, alg: undefined }], as(ed, 'Ed25519'))).toBe('allow')
    expect(await present([full], as(ed, 'Ed25519'), {}, { algorithms: ['EdDSA'] })).toBe('algorithm')
  })

  it('P26: members of types yet to come are skipped', async () => {
    const strangers = [
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'ec' },
      { kty: 'OKP', crv: 'X25519', x: encode(Buffer.alloc(32, 9)), kid: 'ec' },
    ]
    expect(await present([...strangers, ec.jwk], ec)).toBe('allow')
  })
})

describe('credentials', () => {
  const tokenOf = (sub: string, exp = 3600) => mint(ec, claimsAt(start, { sub, exp: start / 1000 + exp }))
  const ann = tokenOf('ann')
  const bob = tokenOf('bob')
  const bed = (credentials: OneProviderPolicy['credentials'] & {}) =>
    createTestBed({ keys: [ec], policy: { algorithms: ['ES256'], credentials, clientIds: ['web', 'app'] } })
  const withCookie = (credentials: OneProviderPolicy['credentials'] & {}, cookie: string, uri = '/open/x') =>
    bed(credentials).outcome(uri, { headers: { cookie } })
  const [first, second] = [ann.slice(0, 200), ann.slice(200)]

  it.each([
    ['in order', `session.0=${first}; session.1=${second}`, 'allow'],
    ['in another order', `session.1=${second}; a=1; session.0=${first}`, 'allow'],
    ['uncut', `session=${ann}`, 'allow'],
    ['uncut beside chunks', `session=${ann}; session.0=${first}`, 'token-format'],
    ['with a gap', `session.0=${ann}; session.2=${second}`, 'no-credentials'],
    ['without the first', `session.1=${ann}`, 'no-credentials'],
    ['one of them twice', `session.0=${first}; session.1=${second}; session.1=x`, 'no-credentials'],
    ['with a number that is written otherwise', `session.00=${ann}`, 'no-credentials'],
    ['beside one that has no number', `session.x=1; session.0=${ann}`, 'allow'],
  ])('P11: a token in chunks, %s', async (_, cookie, expected) => {
    expect(await withCookie({ cookie: 'session', chunks: true }, cookie)).toBe(expected)
  })

  it('P11: a token has nine chunks at most', async () => {
    const cut = (count: number) =>
      Array.from({ length: count }, (_, index) => {
        const size = Math.ceil(ann.length / count)
        return `session.${index}=${ann.slice(index * size, (index + 1) * size)}`
      }).join('; ')
    expect(await withCookie({ cookie: 'session', chunks: true }, cut(9))).toBe('allow')
    expect(await withCookie({ cookie: 'session', chunks: true }, cut(10))).toBe('no-credentials')
  })

  it('P11: chunks are all taken out', async () => {
    const cookie = `a=1; session.0=x; session.7=y; session.12=z; session.b=2; session=w`
    const decision = await bed({ cookie: 'session', chunks: true }).decide('/public/x', { headers: { cookie } })
    expect(decision).toMatchObject({ allow: true, request: { headers: { cookie: [{ value: 'a=1; session.b=2' }] } } })
  })

  it.each([
    ['fresh, then expired', [ann, tokenOf('ann', -1)], 'allow'],
    ['expired, then fresh', [tokenOf('ann', -1), ann], 'allow'],
    ['the same one twice', [ann, ann], 'allow'],
    ['two of one user', [ann, tokenOf('ann', 7200)], 'allow'],
    ['three that do not verify first', ['x', 'y', 'a.b.c', ann], 'allow'],
    ['four that do not verify first', ['x', 'y', 'z', 'a.b.c', ann], 'token-format'],
    ['one that does not verify', [bob.slice(0, -1), ann], 'allow'],
    ['P13: two users', [ann, bob], 'several-subjects'],
    ['P13: two users, the other way round', [bob, ann], 'several-subjects'],
  ])('P12: the cookie several times: %s', async (_, tokens, expected) => {
    const cookie = tokens.map((token) => `session=${token}`).join('; ')
    expect(await withCookie({ cookie: 'session' }, cookie, '/users/ann/x')).toBe(expected)
  })

  it('P12: of one user’s tokens the one that lasts longest decides', async () => {
    const policy = { algorithms: ['ES256'] as const, credentials: { cookie: 's' }, routes: [{ path: '/{group}/*' }] }
    const { outcome } = createTestBed({ keys: [ec], policy })
    const of = (group: string, exp: number) =>
      mint(ec, claimsAt(start, { sub: 'ann', 'cognito:groups': [group], exp: start / 1000 + exp }))
    const [old, young] = [of('old', 100), of('young', 200)]
    for (const cookie of [`s=${old}; s=${young}`, `s=${young}; s=${old}`]) {
      expect(await outcome('/young/x', { headers: { cookie } })).toBe('allow')
      expect(await outcome('/old/x', { headers: { cookie } })).toBe('right')
    }
  })

  describe('P14: Amplify’s cookies of two users', () => {
    const credentials = { cookie: 'CognitoIdentityServiceProvider.{client}.{lastUser}.accessToken' }
    const name = (user: string, client = 'web') => `CognitoIdentityServiceProvider.${client}.${user}.accessToken`
    const last = (user: string, client = 'web') => `CognitoIdentityServiceProvider.${client}.LastAuthUser=${user}`
    const both = `${name('ann%40example.com')}=${ann}; ${name('bob')}=${bob}`

    it.each([
      ['the user that LastAuthUser names', `${both}; ${last('ann@example.com')}`, 'allow'],
      ['in another encoding', `${both}; ${last('ann%40example.com')}`, 'allow'],
      ['the other one', `${both}; ${last('bob')}`, 'right'],
      ['a third one', `${both}; ${last('eve')}`, 'no-credentials'],
      ['nobody', both, 'several-subjects'],
      ['an empty one', `${both}; ${last('')}`, 'several-subjects'],
      ['of the other client', `${name('ann', 'app')}=${ann}; ${last('ann', 'app')}`, 'allow'],
    ])('%s', async (_, cookie, expected) => {
      expect(await withCookie(credentials, cookie, '/users/ann/x')).toBe(expected)
    })
  })

  describe('P15: a header for programs, a cookie for browsers', () => {
    const { outcome, decide } = bed(['header', { cookie: 'session' }])
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

    it.each([
      ['the header', { authorization: `Bearer ${ann}` }, 'allow'],
      ['the cookie', { cookie: `session=${ann}` }, 'allow'],
      ['both: the header decides', { ...bearer(ann), cookie: `session=${bob}` }, 'allow'],
      ['both: a bad header decides', { ...bearer('x'), cookie: `session=${ann}` }, 'token-format'],
      ['an empty Bearer decides', { authorization: 'Bearer', cookie: `session=${ann}` }, 'no-credentials'],
      ['Basic is not present', { authorization: 'Basic YTpi', cookie: `session=${ann}` }, 'allow'],
      [
        'two headers decide',
        { authorization: [`Bearer ${ann}`, 'Bearer x'], cookie: `session=${ann}` },
        'no-credentials',
      ],
      ['an empty cookie is not present', { cookie: 'session=' }, 'no-credentials'],
    ])('%s', async (_, headers, expected) => {
      expect(await outcome('/users/ann/x', { headers })).toBe(expected)
    })

    it('takes out both', async () => {
      const headers = { authorization: 'Basic YTpi', cookie: `a=1; session=${ann}` }
      const decision = await decide('/open/x', { headers })
      if (!decision.allow) throw new Error(decision.reason)
      expect(decision.request.headers).not.toHaveProperty('authorization')
      expect(decision.request.headers.cookie).toEqual([{ key: 'cookie', value: 'a=1' }])
    })
  })

  it('P16: a header without a scheme', async () => {
    const { outcome, decide } = bed({ header: 'Cf-Access-Jwt-Assertion', scheme: null })
    const name = 'cf-access-jwt-assertion'
    expect(await outcome('/open/x', { headers: { [name]: ann } })).toBe('allow')
    expect(await outcome('/open/x', { headers: { [name]: `Bearer ${ann}` } })).toBe('token-format')
    expect(await outcome('/open/x', { headers: { authorization: `Bearer ${ann}` } })).toBe('no-credentials')
    const decision = await decide('/open/x', { headers: { [name]: ann } })
    expect(decision.allow && name in decision.request.headers).toBe(false)
  })

  it('a header with a scheme of its own', async () => {
    const { outcome } = bed({ header: 'authorization', scheme: 'JWT' })
    expect(await outcome('/open/x', { headers: { authorization: `jwt ${ann}` } })).toBe('allow')
    expect(await outcome('/open/x', { headers: { authorization: `Bearer ${ann}` } })).toBe('no-credentials')
  })

  it.each([157, 200])('P20: a token with %s groups passes', async (count) => {
    const groups = Array.from({ length: count }, (_, index) => `${index}`.padStart(36, 'department-of-many-letters-'))
    const { mint, present } = createTestBed({ keys: [rsa] })
    const token = await mint({ 'cognito:groups': groups })
    expect(token.length).toBeGreaterThan(count * 40)
    expect(await present(token)).toBe('allow')
  })

  it('P20: one that is longer than any is not told that there was none', async () => {
    const { decide } = createTestBed({ keys: [rsa] })
    const decision = await decide('/open/x', { headers: { authorization: `Bearer ${'x'.repeat(16_385)}` } })
    expect(decision).toMatchObject({
      reason: 'credentials-size',
      response: { headers: { 'www-authenticate': [{ value: 'Bearer realm="edgeproof", error="invalid_token"' }] } },
    })
  })
})
