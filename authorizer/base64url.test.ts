import { describe, expect, it } from 'vitest'
import { decodeBase64url } from './base64url.ts'

const decode = (text: string) => {
  const target = Buffer.alloc(16)
  const octets = decodeBase64url(text, target)
  return octets < 0 ? 'refused' : target.subarray(0, octets).toString('latin1')
}

describe('base64url', () => {
  it.each([
    ['YQ', 'a'],
    ['YWI', 'ab'],
    ['YWJj', 'abc'],
    ['-_-_', '\xfb\xff\xbf'],
  ])('%s spells %j', (text, octets) => {
    expect(decode(text)).toBe(octets)
  })

  it.each([
    ['nothing', ''],
    ['one character', 'Y'],
    ['a single character in the last group', 'YWJjY'],
    ['padding', 'YQ=='],
    ['stray bits after one octet', 'YR'],
    ['stray bits after two octets', 'YWJ'],
    ['the other alphabet', '+/+/'],
    ['a space', 'YW Jj'],
    ['a line break at the end', 'YWJj\n'],
    ['a zero character', 'YWJj\0'],
    ['a Latin-1 character', 'YWJ\u00ea'],
    ['a full stop', 'YW.Jj'],
    ['more than there is room for', 'YWJj'.repeat(6)],
  ])('refuses %s', (_, text) => {
    expect(decode(text)).toBe('refused')
  })

  it('refuses every character that is not of the alphabet, beyond Latin-1 too', () => {
    const accepted = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => decode(`YWJj${character}WJj`) !== 'refused',
    )
    expect(accepted.join('')).toBe('-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz')
  })
})
