import { describe, expect, it } from 'vitest'
import { createTestBed } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'

const key = await createSigningKey('ES256')
const algorithms = ['ES256'] as const

describe('the authorization header', () => {
  const bed = createTestBed({ keys: [key], policy: { algorithms } })

  it.each([
    ['Bearer and one space', 'Bearer TOKEN', 'allow'],
    ['lower case', 'bearer TOKEN', 'allow'],
    ['any case', 'bEaReR TOKEN', 'allow'],
    ['several spaces', 'Bearer   TOKEN', 'allow'],
    ['nothing', '', 'no-credentials'],
    ['the scheme alone', 'Bearer', 'no-credentials'],
    ['the scheme and a space', 'Bearer ', 'no-credentials'],
    ['the token alone', 'TOKEN', 'no-credentials'],
    ['no space', 'BearerTOKEN', 'no-credentials'],
    ['a tab', 'Bearer\tTOKEN', 'no-credentials'],
    ['a no-break space', 'Bearer\u00a0TOKEN', 'no-credentials'],
    ['a space before the scheme', ' Bearer TOKEN', 'no-credentials'],
    ['a space after the token', 'Bearer TOKEN ', 'signature'],
    ['a tab before the token', 'Bearer \tTOKEN', 'token-format'],
    ['text after the token', 'Bearer TOKEN realm=x', 'signature'],
    ['a comma-joined list', 'Bearer TOKEN, Bearer TOKEN', 'token-format'],
    ['a list with the token first', 'Bearer TOKEN,Basic YTpi', 'signature'],
    ['quotation marks', 'Bearer "TOKEN"', 'token-format'],
    ['a control character at the end', 'Bearer TOKEN\0', 'signature'],
    ['another scheme', 'Basic TOKEN', 'no-credentials'],
    ['DPoP', 'DPoP TOKEN', 'no-credentials'],
    ['the scheme after the token', 'TOKENBearer ', 'no-credentials'],
  ])('%s', async (_, value, expected) => {
    const authorization = value.replaceAll('TOKEN', await bed.mint())
    expect(await bed.outcome('/open/x', { headers: { authorization } })).toBe(expected)
  })

  it('refuses two field lines, good as each is', async () => {
    const value = `Bearer ${await bed.mint()}`
    expect(await bed.outcome('/open/x', { headers: { authorization: [value, value] } })).toBe('no-credentials')
  })

  it('is not looked at beyond 16,384 characters', async () => {
    expect(await bed.present('x'.repeat(16_384))).toBe('token-format')
    expect(await bed.present('x'.repeat(16_385))).toBe('credentials-size')
    const groups = Array.from({ length: 1500 }, (_, index) => `g${index}`)
    const token = await bed.mint({ 'cognito:groups': groups })
    expect(token.length).toBeGreaterThan(14_000)
    expect(await bed.present(token)).toBe('allow')
  })

  it.each([
    ['the query string', (token: string) => ({ querystring: `access_token=${token}` })],
    ['a cookie', (token: string) => ({ headers: { cookie: `access_token=${token}; Authorization=Bearer ${token}` } })],
    [
      'another header',
      (token: string) => ({
        headers: { 'x-authorization': `Bearer ${token}`, 'proxy-authorization': `Bearer ${token}` },
      }),
    ],
  ])('is the only source: %s does not count', async (_, fields) => {
    expect(await bed.outcome('/open/x', fields(await bed.mint()))).toBe('no-credentials')
  })
})

describe('the authorization header of a request that passes', () => {
  const { authorizer } = createTestBed()
  const pass = (headers: string) => {
    const request = { method: 'GET', uri: '/public/x', querystring: '', headers: JSON.parse(headers) }
    return authorizer.authorize(request)
  }

  it.each([
    ['first', '{"authorization":[{"value":"x"}],"host":[{"value":"h"}],"b":[]}', '{"host":[{"value":"h"}],"b":[]}'],
    ['last', '{"host":[{"value":"h"}],"authorization":[{"value":"x"}]}', '{"host":[{"value":"h"}]}'],
    ['alone', '{"authorization":[{"value":"x"},{"value":"y"}]}', '{}'],
    ['without entries', '{"authorization":[],"a":[]}', '{"a":[]}'],
    ['null', '{"authorization":null,"a":[]}', '{"a":[]}'],
    ['absent', '{"a":[]}', '{"a":[]}'],
    [
      'next to one named __proto__',
      '{"a":[],"__proto__":[],"authorization":[],"b":[]}',
      '{"a":[],"__proto__":[],"b":[]}',
    ],
  ])('is taken out and leaves the others as they are: %s', async (_, headers, others) => {
    const decision = await pass(headers)
    if (!decision.allow) throw new Error(decision.reason)
    expect(JSON.stringify(decision.request.headers)).toBe(others)
  })

  it('has to be among headers', async () => {
    expect(await pass('null')).toMatchObject({ reason: 'fault' })
  })
})

describe('a cookie', () => {
  const bed = createTestBed({ keys: [key], policy: { algorithms, credentials: { cookie: 'id' } } })
  const send = async (...lines: string[]) => {
    const token = await bed.mint()
    return bed.outcome('/open/x', { headers: { cookie: lines.map((line) => line.replaceAll('TOKEN', token)) } })
  }

  it.each([
    ['alone', ['id=TOKEN'], 'allow'],
    ['among others', ['a=1; id=TOKEN; b=2'], 'allow'],
    ['without spaces', ['a=1;id=TOKEN;b=2'], 'allow'],
    ['after several spaces', ['a=1;   id=TOKEN'], 'allow'],
    ['after a longer name without a value', ['idx; id=TOKEN'], 'allow'],
    ['in the second of two field lines', ['a=1', 'b=2; id=TOKEN'], 'allow'],
    ['of a longer name', ['xid=TOKEN; idx=TOKEN'], 'no-credentials'],
    ['of another case', ['ID=TOKEN'], 'no-credentials'],
    ['twice', ['id=TOKEN; id=TOKEN'], 'allow'],
    ['in two field lines', ['id=TOKEN', 'id=TOKEN'], 'allow'],
    ['twice, once empty', ['id=; id=TOKEN'], 'allow'],
    ['without a value', ['id'], 'no-credentials'],
    ['empty', ['id='], 'no-credentials'],
    ['in quotation marks', ['id="TOKEN"'], 'token-format'],
    ['with a space after it', ['id=TOKEN ; a=1'], 'signature'],
    ['with a tab after it', ['id=TOKEN\t'], 'signature'],
    ['with a no-break space before its value', ['id=\u00a0TOKEN'], 'token-format'],
    ['with a no-break space before its name', ['\u00a0id=TOKEN'], 'no-credentials'],
    ['with an equals sign after it', ['id=TOKEN='], 'signature'],
    ['inside another’s value', ['a=id=TOKEN'], 'no-credentials'],
  ])('%s', async (_, lines, expected) => {
    expect(await send(...lines)).toBe(expected)
  })

  it('is not looked at beyond 16,384 characters', async () => {
    expect(await send(`id=${'x'.repeat(16_384)}`)).toBe('token-format')
    expect(await send(`id=${'x'.repeat(16_385)}`)).toBe('credentials-size')
  })

  it('makes the authorization header count for nothing', async () => {
    expect(await bed.present(await bed.mint())).toBe('no-credentials')
  })

  it.each([
    ['first', ['id=T; a=1; b=2'], ['a=1; b=2']],
    ['last', ['a=1; b=2; id=T'], ['a=1; b=2']],
    ['in the middle', ['a=1; id=T;b="x y" '], ['a=1;b="x y" ']],
    ['twice', ['id=T; a=1; id=U'], ['a=1']],
    ['alone in one of two lines', ['id=T', ' a=1;;  b=é '], [' a=1;;  b=é ']],
    ['alone', ['id=T'], undefined],
    ['absent', ['a=1;  b=2;', ''], ['a=1;  b=2;', '']],
  ])('is taken out and leaves the others byte for byte: %s', async (_, cookie, others) => {
    const decision = await bed.decide('/public/x', { headers: { cookie } })
    if (!decision.allow) throw new Error(decision.reason)
    expect(decision.request.headers.cookie?.map(({ value }) => value)).toEqual(others)
    expect('cookie' in decision.request.headers).toBe(others !== undefined)
  })

  it('that is not there, nor any other, leaves the request as it is', async () => {
    const decision = await bed.decide('/public/x')
    expect(decision).toMatchObject({ allow: true })
    expect(decision).not.toHaveProperty('request.headers.cookie')
  })

  it.each([
    ['fits for each client', 'pool.{client}.token', ['pool.web.token=TOKEN'], 'allow'],
    ['fits for each client', 'pool.{client}.token', ['pool.app.token=TOKEN'], 'allow'],
    ['of another client', 'pool.{client}.token', ['pool.other.token=TOKEN'], 'no-credentials'],
    ['written with its placeholder', 'pool.{client}.token', ['pool.{client}.token=TOKEN'], 'no-credentials'],
    ['with a user name for the *', 'pool.{client}.*.token', ['pool.web.ann.smith.token=TOKEN'], 'allow'],
    ['with nothing for the *', 'pool.{client}.*.token', ['pool.web..token=TOKEN'], 'allow'],
    ['of any name that ends so', '*.t', ['x.t=TOKEN'], 'allow'],
    ['without a name', '*.t', ['=TOKEN'], 'no-credentials'],
    ['without a name, and what looks like one in its value', '*.t', ['=x.t=TOKEN'], 'no-credentials'],
    ['after one that has no =', '*.t', ['x.t; x.t=TOKEN'], 'allow'],
    ['whose ends overlap', 'ab*ba', ['aba=TOKEN'], 'no-credentials'],
    ['that only begins so', 'id', ['ids=TOKEN'], 'no-credentials'],
    ['that only ends so', 'id', ['void=TOKEN'], 'no-credentials'],
    ['with a space before its =', 'id', ['id =TOKEN'], 'no-credentials'],
    ['in the value of another', 'id', ['a=id=TOKEN'], 'no-credentials'],
    ['across two pairs', 'ab*ba', ['ab=1; ba=TOKEN'], 'no-credentials'],
    ['with signs that a pattern is made of', 'a.b|c*$', ['a.b|c+$=TOKEN'], 'allow'],
    ['with other characters for such signs', 'a.b', ['aXb=TOKEN'], 'no-credentials'],
    ['of two users', 'pool.{client}.*.token', ['pool.web.ann.token=TOKEN; pool.web.bob.token=TOKEN'], 'allow'],
    [
      'next to those of Cognito’s other names',
      'pool.{client}.*.token',
      ['pool.web.ann.id=x; pool.web.LastAuthUser=ann; pool.web.ann.token=TOKEN'],
      'allow',
    ],
  ])('%s (%s)', async (_, cookie, lines, expected) => {
    const { mint, outcome } = createTestBed({
      keys: [key],
      policy: { algorithms, clientIds: ['web', 'app'], credentials: { cookie } },
    })
    const token = await mint()
    const headers = { cookie: lines.map((line) => line.replaceAll('TOKEN', token)) }
    expect(await outcome('/open/x', { headers })).toBe(expected)
  })
})
