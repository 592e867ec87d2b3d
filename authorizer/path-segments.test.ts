import { describe, expect, it } from 'vitest'
import { createTestBed } from '../testing/authorizer-test-bed.ts'

const bed = createTestBed({ policy: { routes: [{ path: '/*', public: true }] } })

describe('a URI', () => {
  it.each([
    '/',
    '/a',
    '/a/',
    '/a/b/c',
    '/.well-known/x',
    '/a/...',
    '/a/..b/b..',
    "/~a/!$&'()*,;=:@-._",
    '/a%20b',
    '/a%20b/',
    '/a%20b/c/d',
    '/%E2%82%AC',
    '/€',
    '/\u{1f600}',
    '/a%2Bb',
    '/a%252Fb',
    '/a%3Fb%23c',
    '/%C2%80',
    '/%EF%BB%BF',
    '/a b',
  ])('is well-formed: %j', async (uri) => {
    expect(await bed.outcome(uri)).toBe('allow')
  })

  it.each([
    ['nothing', ''],
    ['no slash first', 'a/b'],
    ['an absolute URL', 'https://d111111abcdef8.cloudfront.net/a'],
    ['an asterisk', '*'],
    ['a question mark', '/a?b'],
    ['a number sign', '/a#b'],
    ['an empty segment', '/a//b'],
    ['two slashes first', '//a'],
    ['two slashes last', '/a//'],
    ['a dot', '/a/./b'],
    ['a dot last', '/a/.'],
    ['two dots', '/a/../b'],
    ['two dots last', '/a/..'],
    ['two dots first', '/../a'],
    ['an encoded dot', '/a/%2e/b'],
    ['encoded dots', '/a/%2e%2E/b'],
    ['a dot and an encoded one', '/a/.%2e/b'],
    ['an encoded slash', '/a%2fb'],
    ['an encoded slash in upper case', '/a%2Fb'],
    ['a backslash', '/a\\b'],
    ['an encoded backslash', '/a%5cb'],
    ['a control character', '/a\u0001'],
    ['an encoded control character', '/a%1F'],
    ['an encoded line break', '/a%0d%0ab'],
    ['a zero', '/a%00'],
    ['DEL', '/a\u007f'],
    ['encoded DEL', '/a%7f'],
    ['an escape that ends early', '/a%2'],
    ['a percent sign alone', '/a%'],
    ['an escape of no digits', '/a%zz'],
    ['an escape of Unicode’s', '/a%u002f'],
    ['a continuation octet alone', '/%80'],
    ['a sequence cut short', '/%E2%82'],
    ['an overlong slash', '/%c0%af'],
    ['an overlong dot', '/%c0%ae%c0%ae/a'],
    ['a surrogate in UTF-8', '/%ED%A0%80'],
    ['beyond Unicode', '/%F4%90%80%80'],
    ['a lone surrogate', '/a\ud800'],
    ['a lone low surrogate', '/\udc00a'],
  ])('is malformed: %s', async (_, uri) => {
    expect(await bed.outcome(uri)).toBe('uri')
  })

  it('is decided in time that grows with its length only', async () => {
    for (const uri of [
      `/${'a/'.repeat(4000)}b`,
      `/${'%'.repeat(8000)}`,
      `/${'%2e'.repeat(2700)}`,
      '/'.repeat(8000),
      `/${'+'.repeat(8000)}`,
    ]) {
      expect(['allow', 'uri']).toContain(await bed.outcome(uri))
    }
  })
})
