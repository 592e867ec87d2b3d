import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdsToken } from './token-text.ts'

const base64url = (text: string) => Buffer.from(text).toString('base64url')
const header = base64url('{"alg":"RS256","kid":"a"}')
const token = `${header}.${base64url('{"sub":"ann"}')}.c2lnbmF0dXJl`

describe('a text', () => {
  it.each([
    ['a token', token],
    ['a token in a path', `/a/${token}/b`],
    ['a token in a query', `a=1&t=${token}&b`],
    ['a token behind other letters', `xeyJ${token}`],
    ['a token of five parts', `${header}..a.b.c`],
    ['a header alone', header],
    ['claims alone', base64url('{"sub":"ann"}')],
    ['the beginning of a token', token.slice(0, 20)],
    ['a name with an escape in it', base64url('{"\\u0061lg":"none"}')],
    ['a percent-encoded letter', `%65${token.slice(1)}`],
    ['a percent-encoded dot', token.replace('.', '%2E')],
    ['one encoded twice', `%2565${token.slice(1)}`],
    ['one encoded many times', `%${'25'.repeat(40)}65${token.slice(1)}`],
    ['one whose escapes are encoded', `%%36%35${token.slice(1)}`],
    ['one beside a broken escape', `%zz%E0%${token}`],
  ])('holds a token: %s', (_, text) => {
    expect(holdsToken(text)).toBe(true)
  })

  it.each([
    '',
    '/reports/surveyJune.pdf',
    'surveyJune.v2.pdf',
    'eyJ',
    'eyJ.eyJ.eyJ',
    'eyJohn.eyJane.eyJack',
    'keyJar.min.js',
  ])('S8: holds no token: %j', (text) => {
    expect(holdsToken(text)).toBe(false)
  })

  it('holds any JSON object whose first name begins with a letter, written without spaces', () => {
    const name = fc.stringMatching(/^[@-~][ !#-~]{0,40}$/)
    fc.assert(
      fc.property(name, fc.string(), fc.string(), (name, value, before) => {
        const text = base64url(JSON.stringify({ [name]: value }))
        fc.pre(!/[\w-]$/.test(before))
        expect(holdsToken(before + text)).toBe(true)
      }),
    )
  })
})
