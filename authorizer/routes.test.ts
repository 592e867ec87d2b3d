import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, type Outcome, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { rawToken } from '../testing/mint.ts'
import type { Route } from './policy.ts'

const key = await createSigningKey('ES256')
/** Unchecked: some routes here are refused where a policy is read, for what they seem to mean. */
const bedOf = (routes: Route[]) =>
  createTestBed({ keys: [key], policy: { algorithms: ['ES256'], routes }, unchecked: true })
const token = (claims: Record<string, unknown> = {}) => rawToken(key, claimsAt(start, { sub: 'ann', ...claims }))
const digest = (name: string, text: string) => createHash(name).update(text).digest('hex')

describe('a route', () => {
  it.each<[string, string, Outcome]>([
    ['/exact', '/exact', 'allow'],
    ['/exact', '/exact/', 'no-route'],
    ['/exact', '/Exact', 'no-route'],
    ['/exact', '/exac', 'no-route'],
    ['/exact', '/%65xact', 'allow'],
    ['/exact/', '/exact/', 'allow'],
    ['/exact/', '/exact', 'no-route'],
    ['/', '/', 'allow'],
    ['/', '/a', 'no-route'],
    ['/public/*', '/public/a', 'allow'],
    ['/public/*', '/public/a/b/', 'allow'],
    ['/public/*', '/public/', 'allow'],
    ['/public/*', '/public', 'no-route'],
    ['/public/*', '/publicx/a', 'no-route'],
    ['/*', '/', 'allow'],
    ['/a b/*', '/a%20b/c', 'allow'],
    ['/a b/*', '/a b/c', 'allow'],
    ['/a%20b', '/a%20b', 'no-route'],
    ['/a%20b', '/a%2520b', 'allow'],
    ['/é', '/%C3%A9', 'allow'],
    ['/é', '/é', 'allow'],
    ['/é', '/e\u0301', 'no-route'],
    ['/ß', '/SS', 'no-route'],
    ['/a', '/a%20', 'no-route'],
    ['/__proto__', '/__proto__', 'allow'],
    ['/a', '/__proto__', 'no-route'],
    ['/a', '/constructor', 'no-route'],
  ])('%j and the path %j', async (path, uri, expected) => {
    expect(await bedOf([{ path, public: true }]).outcome(uri)).toBe(expected)
  })

  // Each of these is public or open to no one, so that the outcome tells which one decided.
  const closed = { groups: ['nobody'] }
  it.each<[string, Route[], string, Outcome]>([
    [
      'a literal beats a capture',
      [
        { path: '/a/b', public: true },
        { path: '/a/{sub}', ...closed },
      ],
      '/a/b',
      'allow',
    ],
    [
      'a capture beats *',
      [
        { path: '/a/*', public: true },
        { path: '/a/{sub}', ...closed },
      ],
      '/a/ann',
      'right',
    ],
    [
      'a capture that is not granted does not fall back to *',
      [{ path: '/a/*', public: true }, { path: '/a/{sub}' }],
      '/a/bob',
      'right',
    ],
    [
      'a literal beats *',
      [
        { path: '/*', public: true },
        { path: '/a', ...closed },
      ],
      '/a',
      'right',
    ],
    [
      'the order of routes does not matter',
      [
        { path: '/a/{sub}', ...closed },
        { path: '/a/b', public: true },
      ],
      '/a/b',
      'allow',
    ],
    [
      'from the left: a literal first, * later',
      [
        { path: '/a/*', public: true },
        { path: '/{sub}/b', ...closed },
      ],
      '/a/b',
      'allow',
    ],
    [
      'from the left: the capture where the literal leads nowhere',
      [{ path: '/a/x', ...closed }, { path: '/{sub}/b' }],
      '/ann/b',
      'allow',
    ],
    [
      'back from a literal that leads nowhere to the capture',
      [{ path: '/ann/x', ...closed }, { path: '/{sub}/b' }],
      '/ann/b',
      'allow',
    ],
    [
      'back from two levels down to the first *',
      [
        { path: '/*', public: true },
        { path: '/a/b/c', ...closed },
      ],
      '/a/b/d',
      'allow',
    ],
    [
      'back from a capture to *',
      [
        { path: '/a/*', public: true },
        { path: '/a/{sub}/x', ...closed },
      ],
      '/a/ann/y',
      'allow',
    ],
    [
      'back to the longest * there is',
      [
        { path: '/*', ...closed },
        { path: '/a/*', public: true },
        { path: '/a/b/c', ...closed },
      ],
      '/a/b/x',
      'allow',
    ],
    ['a path that ends in the middle of a route has none', [{ path: '/a/b/c', public: true }], '/a/b', 'no-route'],
    [
      'a capture does not take an empty segment',
      [{ path: '/a/{sub}' }, { path: '/a/*', public: true }],
      '/a/',
      'allow',
    ],
    ['a capture takes exactly one segment', [{ path: '/a/{sub}' }], '/a/ann/b', 'no-route'],
  ])('%s', async (_, routes, uri, expected) => {
    expect(await bedOf(routes).present(token(), uri)).toBe(expected)
  })

  it.each<[string, Route[], string, Outcome]>([
    ['in a literal is refused', [{ path: '/a+b', public: true }], '/a+b', 'uri'],
    [
      'in a literal is refused where both readings are granted too',
      [
        { path: '/a+b', public: true },
        { path: '/a b', public: true },
      ],
      '/a+b',
      'uri',
    ],
    ['in a literal is no space', [{ path: '/a b', public: true }], '/a+b', 'no-route'],
    ['encoded is a plus sign', [{ path: '/a+b', public: true }], '/a%2Bb', 'allow'],
    ['in a capture is refused', [{ path: '/{sub}' }], '/ann+smith', 'uri'],
    ['before a *, in a capture, is refused', [{ path: '/{sub}/*' }], '/ann+smith/x', 'uri'],
    ['under * is ordinary', [{ path: '/a/*', public: true }], '/a/b+c', 'allow'],
    ['under * is ordinary in every segment', [{ path: '/a/*', public: true }], '/a/+/+/c+', 'allow'],
    [
      'under * is refused where S3 reads another route',
      [{ path: '/a/*', public: true }, { path: '/a/b c' }],
      '/a/b+c',
      'uri',
    ],
    [
      'under * is refused where S3 reads another route further down',
      [{ path: '/a/*', public: true }, { path: '/a/b c/*' }],
      '/a/b+c/d',
      'uri',
    ],
  ])('+ %s', async (_, routes, uri, expected) => {
    expect(await bedOf(routes).present(token({ sub: 'ann smith' }), uri)).toBe(expected)
  })
})

describe('captures', () => {
  it.each<[string, string, Record<string, unknown>, string, Outcome]>([
    ['sub', '/u/{sub}/*', {}, '/u/ann/x', 'allow'],
    ['sub, decoded once', '/u/{sub}', { sub: 'a/b c' }, '/u/a%20b', 'right'],
    ['sub, encoded', '/u/{sub}', { sub: 'a b' }, '/u/a%20b', 'allow'],
    ['sub, not decoded twice', '/u/{sub}', { sub: 'a b' }, '/u/a%2520b', 'right'],
    ['sub, in another case', '/u/{sub}', {}, '/u/ANN', 'right'],
    ['sub, with a space after it', '/u/{sub}', {}, '/u/ann%20', 'right'],
    ['sub, only its beginning', '/u/{sub}', {}, '/u/an', 'right'],
    ['sub, normalized otherwise', '/u/{sub}', { sub: 'é' }, '/u/e%CC%81', 'right'],
    ['sub that is a number', '/u/{sub}', { sub: 1 }, '/u/1', 'right'],
    ['sub that is an array', '/u/{sub}', { sub: ['ann'] }, '/u/ann', 'right'],
    ['sub that is null', '/u/{sub}', { sub: null }, '/u/null', 'right'],
    ['sub that is absent', '/u/{sub}', { sub: undefined }, '/u/undefined', 'right'],
    ['sub with a lone surrogate', '/u/{sub}', { sub: 'a\ud800' }, '/u/a%EF%BF%BD', 'right'],
    ['group, one of them', '/g/{group}/*', { 'cognito:groups': ['a', 'b'] }, '/g/b/x', 'allow'],
    ['group, none of them', '/g/{group}/*', { 'cognito:groups': ['a', 'b'] }, '/g/c/x', 'right'],
    ['group, without groups', '/g/{group}/*', {}, '/g/a/x', 'right'],
    ['group, several joined', '/g/{group}/*', { 'cognito:groups': ['a', 'b'] }, '/g/a,b/x', 'right'],
    ['group __proto__', '/g/{group}', { 'cognito:groups': ['__proto__'] }, '/g/__proto__', 'allow'],
    ['group __proto__ of nobody', '/g/{group}', { 'cognito:groups': ['a'] }, '/g/__proto__', 'right'],
    ['group, only elsewhere in the path', '/g/{group}/*', { 'cognito:groups': ['a'] }, '/g/b/a', 'right'],
    ['group that is sub', '/g/{group}', {}, '/g/ann', 'right'],
    ['claim', '/t/{claim:custom:tenant}', { 'custom:tenant': 'acme' }, '/t/acme', 'allow'],
    ['claim of another value', '/t/{claim:custom:tenant}', { 'custom:tenant': 'acme' }, '/t/other', 'right'],
    ['claim that is absent', '/t/{claim:custom:tenant}', {}, '/t/undefined', 'right'],
    ['claim that is an array', '/t/{claim:tenant}', { tenant: ['other', 'acme'] }, '/t/acme', 'allow'],
    ['claim that is an array of arrays', '/t/{claim:tenant}', { tenant: [['acme']] }, '/t/acme', 'right'],
    ['claim that is an integer', '/t/{claim:tenant}', { tenant: 7 }, '/t/7', 'allow'],
    ['claim that is a fraction', '/t/{claim:tenant}', { tenant: 7.5 }, '/t/7.5', 'right'],
    ['claim that is true', '/t/{claim:email_verified}', { email_verified: true }, '/t/true', 'right'],
    ['claim that is an object', '/t/{claim:tenant}', { tenant: { length: 1 } }, '/t/[object%20Object]', 'right'],
    ['two captures', '/{claim:tenant}/{sub}', { tenant: 'acme' }, '/acme/ann', 'allow'],
    ['two captures, the first wrong', '/{claim:tenant}/{sub}', { tenant: 'acme' }, '/other/ann', 'right'],
    ['two captures, the second wrong', '/{claim:tenant}/{sub}', { tenant: 'acme' }, '/acme/bob', 'right'],
    ['two captures, exchanged', '/{claim:tenant}/{sub}', { tenant: 'acme' }, '/ann/acme', 'right'],
    ['the same capture twice', '/{group}/{group}', { 'cognito:groups': ['a', 'b'] }, '/a/b', 'allow'],
  ])('%s: %s', async (_, path, claims, uri, expected) => {
    expect(await bedOf([{ path }]).present(token(claims), uri)).toBe(expected)
  })

  it('of an empty value match nothing', async () => {
    const claims = { sub: '', tenant: '', 'cognito:groups': [''] }
    for (const path of ['/x/{sub}', '/x/{group}', '/x/{claim:tenant}']) {
      expect(await bedOf([{ path }]).present(token(claims), '/x/')).toBe('no-route')
      expect(await bedOf([{ path, hash: 'md5' }]).present(token(claims), `/x/${digest('md5', '')}`)).toBe('right')
    }
  })

  describe.each(['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const)('with %s', (hash) => {
    const { present } = bedOf([{ path: '/{group}/{sub}/*', hash }])
    const claims = { sub: 'Zoë', 'cognito:groups': ['a', 'b'] }

    it.each<[string, string, Outcome]>([
      ['the digests of a group and of sub in UTF-8', `/${digest(hash, 'b')}/${digest(hash, 'Zoë')}/x`, 'allow'],
      ['a value itself', `/b/${digest(hash, 'Zoë')}/x`, 'right'],
      ['the digest of no group', `/${digest(hash, 'c')}/${digest(hash, 'Zoë')}/x`, 'right'],
      ['upper case', `/${digest(hash, 'b').toUpperCase()}/${digest(hash, 'Zoë').toUpperCase()}/x`, 'right'],
      ['only the beginning of a digest', `/${digest(hash, 'b').slice(0, -1)}/${digest(hash, 'Zoë')}/x`, 'right'],
      ['the digests exchanged', `/${digest(hash, 'Zoë')}/${digest(hash, 'b')}/x`, 'right'],
    ])('%s', async (_, uri, expected) => {
      const text = token(claims)
      expect(await present(text, uri)).toBe(expected)
      expect(await present(text, uri), 'seen before').toBe(expected)
    })
  })

  it('of one name under two hashes, and under none, each compare with their own', async () => {
    const { present } = bedOf([
      { path: '/plain/{sub}' },
      { path: '/md5/{sub}', hash: 'md5' },
      { path: '/sha1/{sub}', hash: 'sha1' },
    ])
    const text = token()
    for (const [path, segment, expected] of [
      ['md5', digest('md5', 'ann'), 'allow'],
      ['sha1', digest('md5', 'ann'), 'right'],
      ['sha1', digest('sha1', 'ann'), 'allow'],
      ['plain', digest('sha1', 'ann'), 'right'],
      ['plain', 'ann', 'allow'],
    ]) {
      expect(await present(text, `/${path}/${segment}`)).toBe(expected)
    }
  })

  it('with a hash never match the digest of what a lone surrogate becomes', async () => {
    const { present } = bedOf([{ path: '/{sub}', hash: 'sha256' }])
    expect(await present(token({ sub: '\ud800' }), `/${digest('sha256', '\ufffd')}`)).toBe('right')
  })
})

describe('groups of a route', () => {
  it.each<[string, Route, Record<string, unknown>, string, Outcome]>([
    ['one of them', { path: '/r/*', groups: ['x', 'y'] }, { 'cognito:groups': ['a', 'y'] }, '/r/1', 'allow'],
    ['none of them', { path: '/r/*', groups: ['x', 'y'] }, { 'cognito:groups': ['a'] }, '/r/1', 'right'],
    ['of a token without groups', { path: '/r/*', groups: ['x'] }, {}, '/r/1', 'right'],
    ['in another case', { path: '/r/*', groups: ['x'] }, { 'cognito:groups': ['X'] }, '/r/1', 'right'],
    ['with the capture wrong', { path: '/{sub}/*', groups: ['x'] }, { 'cognito:groups': ['x'] }, '/bob/1', 'right'],
    ['with the capture right', { path: '/{sub}/*', groups: ['x'] }, { 'cognito:groups': ['x'] }, '/ann/1', 'allow'],
    ['missing with the capture right', { path: '/{sub}/*', groups: ['x'] }, {}, '/ann/1', 'right'],
    [
      'named like a property of every object',
      { path: '/r/*', groups: ['constructor'] },
      { 'cognito:groups': [] },
      '/r/1',
      'right',
    ],
  ])('%s', async (_, route, claims, uri, expected) => {
    expect(await bedOf([route]).present(token(claims), uri)).toBe(expected)
  })
})

describe('parts of segments', () => {
  const png = { path: '/orgs/*/logo.png', public: true }
  const css = { path: '/assets/*.css', public: true }
  const pdf = { path: '/users/{sub}.pdf' }
  const identity = { path: '/private/us-east-1:{sub}/*' }

  it.each<[string, Route[], string, Outcome]>([
    ['S11: one segment in the middle', [png], '/orgs/acme/logo.png', 'allow'],
    ['S11: of a closed route, for any good token', [{ path: '/orgs/*/plan.pdf' }], '/orgs/acme/plan.pdf', 'allow'],
    ['S11: never two', [png], '/orgs/acme/eu/logo.png', 'no-route'],
    ['S11: never none', [png], '/orgs/logo.png', 'no-route'],
    ['S11: never an empty one', [png], '/orgs//logo.png', 'uri'],
    ['S11: never an encoded slash', [png], '/orgs/acme%2Feu/logo.png', 'uri'],
    ['S11: a suffix', [css], '/assets/site.css', 'allow'],
    ['S11: a suffix needs something before it', [css], '/assets/.css', 'no-route'],
    ['S11: a suffix never crosses a slash', [css], '/assets/a/site.css', 'no-route'],
    ['S11: a suffix is compared in case', [css], '/assets/site.CSS', 'no-route'],
    ['S11: a suffix is the end', [css], '/assets/site.css.js', 'no-route'],
    ['S11: a suffix, decoded', [css], '/assets/site%2Ecss', 'allow'],
    ['S11: a capture before a suffix', [pdf], '/users/ann.pdf', 'allow'],
    ['S11: another user’s', [pdf], '/users/bob.pdf', 'right'],
    ['S11: only the beginning of the value', [pdf], '/users/an.pdf', 'right'],
    ['S11: the suffix twice', [pdf], '/users/ann.pdf.pdf', 'right'],
    ['S11: the value without the suffix', [pdf], '/users/ann', 'no-route'],
    ['S11: nothing before the suffix', [pdf], '/users/.pdf', 'no-route'],
    ['S11: a capture behind a prefix', [identity], '/private/us-east-1:ann/x', 'allow'],
    ['S11: behind a prefix, another user’s', [identity], '/private/us-east-1:bob/x', 'right'],
    ['S11: another prefix', [identity], '/private/us-east-2:ann/x', 'no-route'],
    ['S11: the value without the prefix', [identity], '/private/ann/x', 'no-route'],
    ['between two texts', [{ path: '/a-{sub}-z' }], '/a-ann-z', 'allow'],
    ['two texts may not overlap', [{ path: '/ab*ba', public: true }], '/aba', 'no-route'],
    ['two texts with one character between', [{ path: '/ab*ba', public: true }], '/ab-ba', 'allow'],
    ['a claim whose name holds slashes', [{ path: '/t/{claim:https://example.com/tenant}/x' }], '/t/acme/x', 'allow'],
    ['the same, of another value', [{ path: '/t/{claim:https://example.com/tenant}/x' }], '/t/other/x', 'right'],
  ])('%s', async (_, routes, uri, expected) => {
    expect(await bedOf(routes).present(token({ 'https://example.com/tenant': 'acme' }), uri)).toBe(expected)
  })

  const closed = { groups: ['nobody'] }
  it.each<[string, Route[], string, Outcome]>([
    [
      'a literal beats a part',
      [
        { path: '/a.css', ...closed },
        { path: '/*.css', public: true },
      ],
      '/a.css',
      'right',
    ],
    [
      'a part beats a capture',
      [
        { path: '/*.css', public: true },
        { path: '/{sub}', ...closed },
      ],
      '/a.css',
      'allow',
    ],
    [
      'a part beats a final *',
      [
        { path: '/*.css', ...closed },
        { path: '/*', public: true },
      ],
      '/a.css',
      'right',
    ],
    [
      'the longer prefix wins',
      [
        { path: '/ab*', ...closed },
        { path: '/a*.min.css', public: true },
      ],
      '/abc.min.css',
      'right',
    ],
    [
      'then the longer suffix',
      [
        { path: '/a*.min.css', ...closed },
        { path: '/a*.css', public: true },
      ],
      '/ab.min.css',
      'right',
    ],
    [
      'back to a shorter prefix',
      [
        { path: '/ab*/x', ...closed },
        { path: '/a*/y', public: true },
      ],
      '/abc/y',
      'allow',
    ],
    [
      'back to a shorter suffix',
      [
        { path: '/*bc/x', ...closed },
        { path: '/*c/y', public: true },
      ],
      '/abc/y',
      'allow',
    ],
    [
      'back to any segment',
      [
        { path: '/a*/x', ...closed },
        { path: '/*/y', public: true },
      ],
      '/ab/y',
      'allow',
    ],
    [
      'a middle * and a capture are one place',
      [{ path: '/o/*/logo.png', public: true }, { path: '/o/{group}/*' }],
      '/o/acme/logo.png',
      'allow',
    ],
    [
      'and the rest is the capture’s',
      [{ path: '/o/*/logo.png', public: true }, { path: '/o/{group}/*' }],
      '/o/acme/plan.pdf',
      'right',
    ],
  ])('from the left, %s', async (_, routes, uri, expected) => {
    expect(await bedOf(routes).present(token(), uri)).toBe(expected)
  })

  it.each<[string, Route[], string, Outcome]>([
    ['under * in a part is ordinary', [css], '/assets/a+b.css', 'allow'],
    ['under * in the middle is ordinary', [png], '/orgs/a+b/logo.png', 'allow'],
    ['in text beside * is refused', [{ path: '/c++*.html', public: true }], '/c++x.html', 'uri'],
    ['in text beside *, encoded, is a plus sign', [{ path: '/c++*.html', public: true }], '/c%2B%2Bx.html', 'allow'],
    ['in a capture in a part is refused', [pdf], '/users/ann+smith.pdf', 'uri'],
    ['beside a capture in a part is refused', [{ path: '/a+{sub}' }], '/a+ann', 'uri'],
    [
      'under * is refused where S3 reads another route',
      [css, { path: '/assets/a b.css', ...closed }],
      '/assets/a+b.css',
      'uri',
    ],
    ['in another segment than the * is refused', [{ path: '/x+y/*.css', public: true }], '/x+y/a+b.css', 'uri'],
  ])('S17: + %s', async (_, routes, uri, expected) => {
    expect(await bedOf(routes).present(token({ sub: 'ann smith' }), uri)).toBe(expected)
  })

  it('with a hash hold the digest of the value, and not the value', async () => {
    const { present } = bedOf([{ path: '/vault/{group}.zip', hash: 'md5' }])
    const text = token({ 'cognito:groups': ['a', 'b'] })
    expect(await present(text, `/vault/${digest('md5', 'b')}.zip`)).toBe('allow')
    expect(await present(text, `/vault/${digest('md5', 'c')}.zip`)).toBe('right')
    expect(await present(text, '/vault/b.zip')).toBe('right')
    expect(await present(text, `/vault/${digest('md5', 'b.zip')}`)).toBe('no-route')
  })
})

describe('odd names', () => {
  it.each<[string, string, Outcome]>([
    ['a space', '/k/a%20b.txt', 'allow'],
    ['a plus sign, encoded', '/k/a%2Bb.txt', 'allow'],
    ['a plus sign, raw, which S3 reads as a space', '/k/a+b.txt', 'allow'],
    ['%20 in the name', '/k/a%2520b.txt', 'allow'],
    ['parentheses', '/k/report%20(1).pdf', 'allow'],
    ['marks', "/k/;v=1,2'!~$", 'allow'],
    ['an umlaut, composed', '/k/%C3%BC.txt', 'allow'],
    ['an umlaut, decomposed', '/k/u%CC%88.txt', 'allow'],
    ['dots at its beginning', '/k/..hidden..txt', 'allow'],
    ['only dots', '/k/..', 'uri'],
    ['an encoded slash', '/k/a%2Fb', 'uri'],
  ])('S17: %s', async (_, uri, expected) => {
    expect(await bedOf([{ path: '/k/*', public: true }]).outcome(uri)).toBe(expected)
  })

  it('S17: name one object each, by one encoded name', async () => {
    const { outcome } = bedOf([{ path: '/k/a b+%20ü.txt', public: true }])
    expect(await outcome('/k/a%20b%2B%2520%C3%BC.txt')).toBe('allow')
    expect(await outcome('/k/a%20b+%2520%C3%BC.txt')).toBe('uri')
    expect(await outcome('/k/a%20b%2B%20%C3%BC.txt')).toBe('no-route')
    expect(await outcome('/k/a%20b%2B%2520u%CC%88.txt')).toBe('no-route')
  })

  it.each<[string, string, Outcome]>([
    ['an umlaut', '/g/gr%C3%BCn/x', 'allow'],
    ['an umlaut, decomposed', '/g/gru%CC%88n/x', 'right'],
    ['a plus sign', '/g/r%2Bd/x', 'allow'],
    ['a plus sign, raw', '/g/r+d/x', 'uri'],
    ['a bar', '/g/a%7Cb/x', 'allow'],
    ['a slash, encoded', '/g/eu%2Fwest/x', 'uri'],
    ['a slash, raw', '/g/eu/west/x', 'right'],
  ])('S18: of groups: %s', async (_, uri, expected) => {
    const text = token({ 'cognito:groups': ['grün', 'r+d', 'a|b', 'eu/west'] })
    expect(await bedOf([{ path: '/g/{group}/*' }]).present(text, uri)).toBe(expected)
  })
})
