import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, issuer, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { encode, headerOf, type Part, rawToken, signature, signedToken } from '../testing/mint.ts'

const key = await createSigningKey('RS256')
const bed = createTestBed({ keys: [key] })
const claims = claimsAt(start)
const json = JSON.stringify(claims)
const header = headerOf(key)

describe('the compact serialization', () => {
  const input = `${encode(header)}.${encode(claims)}`
  const token = signedToken(key, input)
  const [headerPart, payloadPart, signaturePart] = token.split('.') as [string, string, string]

  it('is accepted as the issuer wrote it', async () => {
    expect(await bed.present(token)).toBe('allow')
  })

  it.each([
    ['nothing', '', 'no-credentials'],
    ['one part', headerPart, 'token-format'],
    ['two parts', input, 'token-format'],
    ['four parts', `${token}.`, 'token-format'],
    ['five parts, as a JWE has', `${token}.a.b`, 'token-format'],
    ['an empty header', `.${payloadPart}.${signaturePart}`, 'token-format'],
    ['an empty payload', signedToken(key, `${headerPart}.`), 'token-format'],
    ['an empty signature', `${input}.`, 'signature'],
    ['a header that is no base64url', `!.${payloadPart}.${signaturePart}`, 'token-format'],
    [
      'the JSON serialization',
      JSON.stringify({ protected: headerPart, payload: payloadPart, signature: signaturePart }),
      'token-format',
    ],
    ['full stops alone', '.'.repeat(8000), 'token-format'],
  ])('refuses %s', async (_, text, reason) => {
    expect(await bed.present(text)).toBe(reason)
  })

  it.each([
    ['padding', (part: string) => `${part}=`],
    ['double padding', (part: string) => `${part}==`],
    ['a space inside', (part: string) => `${part.slice(0, 5)} ${part.slice(5)}`],
    ['a line break at the end', (part: string) => `${part}\n`],
    ['the other alphabet', (part: string) => part.replace(/-|_|.$/, '+')],
    ['percent-encoding', (part: string) => `%${part.charCodeAt(0).toString(16)}${part.slice(1)}`],
    [
      'a character beyond Latin-1 with the same low eight bits',
      (part: string) => String.fromCharCode(part.charCodeAt(0) + 0x100) + part.slice(1),
    ],
  ])('refuses a part with %s, even signed so', async (_, change) => {
    const parts = [headerPart, payloadPart] as const
    expect(await bed.present(signedToken(key, `${change(parts[0])}.${parts[1]}`))).toBe('token-format')
    expect(await bed.present(signedToken(key, `${parts[0]}.${change(parts[1])}`))).toBe('token-format')
    expect(await bed.present(`${input}.${change(signaturePart)}`)).toBe('signature')
  })

  it.each([
    ['header', 0],
    ['payload', 1],
    ['signature', 2],
  ] as const)('refuses stray bits in the last character of the %s', async (_, index) => {
    const padded = signedToken(key, [header, claims].map((object) => encode(withTwoOctetsLeft(object))).join('.'))
    expect(await bed.present(padded)).toBe('allow')
    const parts = padded.split('.')
    const part = parts[index] ?? ''
    expect(part.length % 4).not.toBe(0)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    parts[index] = part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? '') + 1]
    expect(Buffer.from(parts[index] ?? '', 'base64url')).toEqual(Buffer.from(part, 'base64url'))
    const text = index === 2 ? parts.join('.') : signedToken(key, parts.slice(0, 2).join('.'))
    expect(await bed.present(text)).toBe(index === 2 ? 'signature' : 'token-format')
  })

  /** JSON whose last group of base64url holds two octets, so that its last digit has two bits to spare. */
  function withTwoOctetsLeft(object: object): string {
    const text = JSON.stringify(object)
    return text.padEnd(text.length + ((5 - (text.length % 3)) % 3))
  }

  it('refuses every change of one character, and the token before it still stands', async () => {
    for (let at = 0; at < token.length; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'B' ? 'C' : 'B') + token.slice(at + 1)
      if (changed !== token) expect(await bed.present(changed), `at ${at}`).not.toBe('allow')
    }
    expect(await bed.present(token)).toBe('allow')
  })
})

describe('the JSON of header and payload', () => {
  const utf8 = (text: string) => Buffer.from(text)
  const nested = (depth: number, open: string, inner: string, close: string) =>
    open.repeat(depth) + inner + close.repeat(depth)
  /** Gives the object one member more, written as it stands. */
  const withMember = (member: string) => (object: string) => `${object.slice(0, -1)},${member}}`

  it.each([
    ['a BOM', (object: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8(object)])],
    [
      'invalid UTF-8',
      (object: string) => Buffer.concat([utf8(`${object.slice(0, -1)},"x":"`), Buffer.from([0xc3]), utf8('"}')]),
    ],
    [
      'overlong UTF-8',
      (object: string) => Buffer.concat([utf8(`${object.slice(0, -1)},"x":"`), Buffer.from([0xc0, 0xaf]), utf8('"}')]),
    ],
    [
      'a surrogate in UTF-8',
      (object: string) =>
        Buffer.concat([utf8(`${object.slice(0, -1)},"x":"`), Buffer.from([0xed, 0xa0, 0x80]), utf8('"}')]),
    ],
    ['UTF-16', (object: string) => Buffer.from(object, 'utf16le')],
    ['an array', (object: string) => `[${object}]`],
    ['a string', (object: string) => JSON.stringify(object)],
    ['null', () => 'null'],
    ['a number', () => '1'],
    ['a number between spaces', () => ' 1 '],
    ['an array between spaces', (object: string) => ` [${object}] `],
    ['two objects', (object: string) => object + object],
    ['text after the object', (object: string) => `${object}x`],
    ['a comment', (object: string) => `${object}/**/`],
    ['a trailing comma', (object: string) => `${object.slice(0, -1)},}`],
    ['single quotation marks', (object: string) => object.replaceAll('"', "'")],
    ['a raw line break in a string', withMember('"x":"\n"')],
    ['a vertical tab for white space', (object: string) => `\v${object}`],
    ['NaN', withMember('"x":NaN')],
    ['a duplicate member', withMember('"x":1,"x":1')],
    ['a duplicate of the first member', (object: string) => withMember(object.slice(1, object.indexOf(',')))(object)],
    ['a duplicate whose values are objects', withMember('"x":{"a":"b"},"x":{"c":"d"}')],
    ['a duplicate in an object', withMember('"x":{"y":1,"y":2}')],
    ['a duplicate in an array of objects', withMember('"x":[[{"y":1,"y":2}]]')],
    ['a duplicate by an escape', withMember('"x":1,"\\u0078":2')],
    ['a duplicate with quotation marks in its name', withMember('"\\"":1,"\\u0022":2')],
    ['a duplicate empty name', withMember('"":1,"":2')],
    ['a duplicate __proto__', withMember('"__proto__":{},"__proto__":{}')],
    ['a duplicate beyond ASCII', withMember('"é":1,"\\u00e9":2')],
    ['a duplicate of a number', withMember('"1":1,"1":2')],
    ['nesting of more than 16 levels', withMember(`"x":${nested(16, '{"x":', '1', '}')}`)],
    ['nesting of thousands of levels', withMember(`"x":${nested(1200, '[', '', ']')}`)],
  ])('refuses %s', async (_, change) => {
    expect(await bed.present(rawToken(key, change(json))), 'payload').toMatch(/^(token-format|issuer)$/)
    expect(await bed.present(rawToken(key, claims, change(JSON.stringify(header)))), 'header').toBe('token-format')
  })

  it('refuses a name written with an escape next to the same name without, whichever comes first', async () => {
    const second = `${json.slice(0, -1)},"s\\u0075b":"root"}`
    const first = `{"s\\u0075b":"root",${json.slice(1)}`
    expect(await bed.present(rawToken(key, second), '/users/root/x')).toBe('token-format')
    expect(await bed.present(rawToken(key, first), '/users/root/x')).toBe('token-format')
  })

  it.each([
    ['escapes in names', json.replace('"sub"', '"\\u0073ub"')],
    ['quotation marks and backslashes in strings', withMember('"x":"\\"\\\\\\"","y\\"":["\\\\"]')(json)],
    ['white space between members', JSON.stringify(claims, null, '\t')],
    ['white space around the object', ` \r\n\t${json}\n`],
    ['one name in two objects', withMember('"x":{"sub":1},"y":{"sub":2}')(json)],
    ['equal strings', withMember('"x":["x","x"]')(json)],
    ['a __proto__ that is harmless', withMember('"__proto__":{"sub":"root","client_id":"x"}')(json)],
    ['characters beyond ASCII', withMember('"name":"Zoë \u{1f600}"')(json)],
    ['a BOM in a string', withMember('"name":"\ufeff"')(json)],
    ['nesting of 16 levels', withMember(`"x":${nested(15, '[', '', ']')}`)(json)],
    ['nesting of 16 levels around a number', withMember(`"x":${nested(15, '[', '1', ']')}`)(json)],
    ['nesting of 16 levels around null', withMember(`"x":${nested(15, '[', 'null', ']')}`)(json)],
  ])('accepts %s', async (_, payload) => {
    expect(await bed.present(rawToken(key, payload))).toBe('allow')
  })

  it('leaves the stack traces of other errors as they were', async () => {
    Error.stackTraceLimit = 12
    await bed.present(rawToken(key, json))
    await bed.present(rawToken(key, '{"x":}'))
    expect(Error.stackTraceLimit).toBe(12)
  })

  it.each(['sub', 'exp', 'iss', 'client_id', 'token_use'])('takes no claim from __proto__: %s', async (name) => {
    const { [name]: value, ...others }: Record<string, unknown> = { ...claims, sub: 'ann' }
    const payload = `${JSON.stringify(others).slice(0, -1)},"__proto__":${JSON.stringify({ [name]: value })}}`
    expect(await bed.present(rawToken(key, payload), '/users/ann/x')).not.toBe('allow')
  })

  it('takes no header parameter from __proto__', async () => {
    expect(await bed.present(rawToken(key, claims, `{"__proto__":${JSON.stringify(header)}}`))).toBe('algorithm')
  })
})

describe('the header', () => {
  it.each([
    ['no alg', { kid: key.kid }, 'algorithm'],
    ['alg none', { ...header, alg: 'none' }, 'algorithm'],
    ['alg None', { ...header, alg: 'None' }, 'algorithm'],
    ['alg of another case', { ...header, alg: 'rs256' }, 'algorithm'],
    ['alg in an array', { ...header, alg: ['RS256'] }, 'algorithm'],
    ['alg null', { ...header, alg: null }, 'algorithm'],
    ['alg HS256', { ...header, alg: 'HS256' }, 'algorithm'],
    ['an algorithm that the policy does not allow', { ...header, alg: 'PS256' }, 'algorithm'],
    ['no kid', { alg: 'RS256' }, 'token-header'],
    ['a kid that is a number', { ...header, kid: 1 }, 'token-header'],
    ['a kid in an array', { ...header, kid: [key.kid] }, 'token-header'],
    ['a kid with a space', { ...header, kid: `${key.kid} ` }, 'unknown-key'],
    ['an empty kid', { ...header, kid: '' }, 'unknown-key'],
    ['the kid __proto__', { ...header, kid: '__proto__' }, 'unknown-key'],
    ['a kid that is a path', { ...header, kid: '../../dev/null' }, 'unknown-key'],
    ['crit', { ...header, crit: ['exp'], exp: 1 }, 'token-header'],
    ['an empty crit', { ...header, crit: [] }, 'token-header'],
    ['crit null', { ...header, crit: null }, 'token-header'],
    ['crit b64', { ...header, crit: ['b64'], b64: true }, 'token-header'],
    ['b64 false', { ...header, b64: false }, 'token-header'],
    ['b64 true', { ...header, b64: true }, 'token-header'],
  ])('is refused with %s', async (_, changed, reason) => {
    expect(await bed.present(rawToken(key, claims, changed))).toBe(reason)
  })

  it('is refused with b64 false over a payload signed as it stands', async () => {
    const encodedHeader = encode({ ...header, crit: ['b64'], b64: false })
    const signed = signature(key, `${encodedHeader}.${json}`).toString('base64url')
    expect(await bed.present(`${encodedHeader}.${encode(json)}.${signed}`)).toBe('token-header')
  })

  it.each(['', 'AAAA', signature(key, 'x').toString('base64url')])(
    'is refused with alg none and the signature "%.8s"',
    async (signed) => {
      expect(await bed.present(`${encode({ alg: 'none', kid: key.kid })}.${encode(claims)}.${signed}`)).toBe(
        'algorithm',
      )
    },
  )

  it('gives the public key no part as an HMAC secret', async () => {
    const { createHmac, createPublicKey } = await import('node:crypto')
    const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' })
    const input = `${encode({ alg: 'HS256', kid: key.kid })}.${encode(claims)}`
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      JSON.stringify(key.jwk),
      Buffer.from(String(key.jwk.n), 'base64url'),
    ]) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      expect(await bed.present(`${input}.${mac}`)).toBe('algorithm')
    }
  })

  it('has no part in what is trusted beyond alg and kid', async () => {
    const attacker = await createSigningKey('RS256')
    const before = bed.endpoint.fetches
    for (const named of [
      { jku: 'https://evil.example.com/jwks.json' },
      { x5u: 'https://evil.example.com/x5u', x5t: 'AAAA' },
      { x5c: ['MIIB'.repeat(300)] },
      { typ: 'jwt', cty: 'JWT', zip: 'DEF' },
      { unknown: { a: [1] } },
    ]) {
      expect(await bed.present(rawToken(key, claims, { ...header, ...named }))).toBe('allow')
      expect(await bed.present(rawToken(attacker, claims, { ...header, ...named }))).toBe('signature')
      expect(await bed.present(rawToken(attacker, claims, { ...named, alg: 'RS256', kid: key.kid }))).toBe('signature')
    }
    expect(bed.endpoint.fetches).toBe(before)
  })

  it('that would take too long to parse is refused, whoever signed it', async () => {
    for (const [dear, usual] of [
      [Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`m${index}`, index])), { m0: 0, m1: 1, m2: 2 }],
      [{ x: Array(400).fill(0) }, { x: Array(200).fill(0) }],
      [{ x: Array(60).fill('') }, { x: Array(20).fill('') }],
      [{ x: 'x'.repeat(3000) }, { x: 'x'.repeat(1500) }],
      [{ jwk: key.jwk, x5u: 'https://issuer.example.com' }, { x5u: 'https://issuer.example.com' }],
    ]) {
      expect(await bed.present(rawToken(key, claims, { ...header, ...dear }))).toBe('token-format')
      expect(await bed.present(rawToken(key, claims, { ...header, ...usual }))).toBe('allow')
    }
  })

  it('that was seen in a good token proves nothing for the next one', async () => {
    const attacker = await createSigningKey('RS256')
    expect(await bed.present(rawToken(key, claims))).toBe('allow')
    expect(await bed.present(rawToken(attacker, claims, header as Part))).toBe('signature')
  })

  it('may differ from token to token of one issuer', async () => {
    const tokens = Array.from({ length: 150 }, (_, index) => rawToken(key, claims, { ...header, jti: `${index}` }))
    for (const token of [...tokens, ...tokens]) expect(await bed.present(token)).toBe('allow')
  })
})

describe('a signature that cannot be', () => {
  const input = (payload: Part, changed: object = header) => `${encode(changed)}.${encode(payload)}`

  it('is refused before the payload is read where no key makes one of its length', async () => {
    const { present } = createTestBed({ keys: [key] })
    expect(await present(rawToken(key, claims))).toBe('allow')
    expect(await present(`${input('no JSON')}.AAAA`)).toBe('signature')
    expect(await present(signedToken(key, input('no JSON')))).toBe('token-format')
  })

  it('is refused without a fetch for the key that it names where it is no base64url', async () => {
    const { present, clock, endpoint } = createTestBed({ keys: [key] })
    expect(await present(rawToken(key, claims))).toBe('allow')
    clock.now += 60_000
    expect(await present(`${input(claims, { ...header, kid: 'other' })}.!`)).toBe('signature')
    expect(endpoint.fetches).toBe(1)
  })

  it('for one issuer’s key may be good for another issuer’s key of the same name', async () => {
    const elliptic = { ...(await createSigningKey('ES256')), kid: key.kid }
    const other = 'https://other.example.com'
    const { present } = createTestBed({
      get: async (uri) =>
        JSON.stringify({ keys: [uri.startsWith(other) ? { ...elliptic.jwk, kid: key.kid } : key.jwk] }),
      policy: { algorithms: ['RS256', 'ES256'], issuer: [issuer, other] },
    })
    for (let round = 0; round < 2; round++) {
      expect(await present(rawToken(key, claimsAt(start, { round })))).toBe('allow')
      expect(await present(rawToken(elliptic, claimsAt(start, { round, iss: other })))).toBe('allow')
    }
  })
})

describe('a payload', () => {
  const members = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]))
  const past = start / 1000 - 1
  const withMember = (member: string) => `${json.slice(0, -1)},${member}}`

  it('is not parsed before its signature is good', async () => {
    const attacker = await createSigningKey('RS256')
    const { present } = createTestBed({ keys: [key] })
    for (const [payload, reason] of [
      [withMember('"x":'), 'token-format'],
      [withMember(`"x":${'['.repeat(2500)}${']'.repeat(2500)}`), 'token-format'],
      [claimsAt(start, { ...members(400), client_id: 'other' }), 'client'],
      [claimsAt(start, { nbf: start / 1000 + 60 }), 'not-yet-valid'],
    ] as const) {
      expect(await present(rawToken(attacker, payload, header))).toBe('signature')
      expect(await present(rawToken(key, payload))).toBe(reason)
    }
  })

  it('whose only date of expiry is past, or that names no listed issuer, is refused without its signature', async () => {
    const { present } = createTestBed({ keys: [key] })
    const attacker = await createSigningKey('RS256')
    for (const signer of [attacker, key]) {
      expect(await present(rawToken(signer, claimsAt(start, { exp: past }), header))).toBe('expired')
      expect(await present(rawToken(signer, claimsAt(start, { iss: 'https://other' }), header))).toBe('issuer')
    }
  })

  it.each([
    ['another date of that name before', json.replace('{', `{"x":{"exp":${past},"y":1},`)],
    ['another date of that name behind', withMember(`"x":{"exp":${past}}`)],
    ['its name in a string', withMember('"x":"exp"')],
    ['its name escaped and another that is past', withMember(`"x":{"exp":${past}}`).replace('"exp"', '"\\u0065xp"')],
    ['the text of a past date in a string', withMember('"x":"\\"exp\\":1,"')],
    ['a date in scientific notation', json.replace(/"exp":\d+/, '"exp":2e9')],
    ['white space before its date', json.replace('"exp":', '"exp" : ')],
    ['its issuer with escapes', json.replaceAll('/', '\\/')],
    [
      'its date at the end',
      JSON.stringify({ ...claims, exp: undefined, iat: 0 }).replace(/}$/, `,"exp":${past + 60}}`),
    ],
  ])('is good with %s', async (_, payload) => {
    expect(JSON.parse(payload)).toMatchObject({ iss: issuer, exp: expect.any(Number) })
    expect(await createTestBed({ keys: [key] }).present(rawToken(key, payload))).toBe('allow')
  })

  it('holds 830 groups', async () => {
    const groups = Array.from({ length: 830 }, (_, index) => (index + 1296).toString(36))
    const token = rawToken(key, claimsAt(start, { 'cognito:groups': groups }))
    expect(token.length).toBeLessThanOrEqual(8192 - 'Bearer '.length)
    const routes = [{ path: '/groups/{group}/*' }]
    const { present } = createTestBed({ keys: [key], policy: { routes } })
    expect(await present(token, `/groups/${groups[829]}/x`)).toBe('allow')
    expect(await present(token, '/groups/other/x')).toBe('right')
  })

  it('waits for a key that is not there yet', async () => {
    const next = await createSigningKey('RS256')
    const { present, endpoint, clock } = createTestBed({ keys: [key] })
    expect(await present(rawToken(key, claims))).toBe('allow')
    expect(await present(rawToken(next, claims))).toBe('unknown-key')
    expect(endpoint.fetches).toBe(1)
    clock.now += 10_000
    endpoint.answer = JSON.stringify({ keys: [next.jwk] })
    expect(await present(rawToken(next, claims))).toBe('allow')
    expect(endpoint.fetches).toBe(2)
  })

  it('has the key of the issuer that it names and no other, where two have a key of one name', async () => {
    const second = { ...(await createSigningKey('RS256')), kid: key.kid }
    const other = 'https://other.example.com'
    const { present } = createTestBed({
      get: async (uri) => JSON.stringify({ keys: [uri.startsWith(other) ? { ...second.jwk, kid: key.kid } : key.jwk] }),
      policy: { issuer: [issuer, other] },
    })
    for (const change of [(text: string) => text, (text: string) => text.replaceAll('/', '\\/')]) {
      for (const [signer, iss, expected] of [
        [key, issuer, 'allow'],
        [second, other, 'allow'],
        [second, issuer, 'signature'],
        [key, other, 'signature'],
      ] as const) {
        const payload = JSON.stringify(claimsAt(start, { iss, both: [issuer, other] }))
        expect(await present(rawToken(signer, change(payload)))).toBe(expected)
      }
    }
  })
})
