import fc from 'fast-check'
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

  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

  /** The definition: the one spelling of the octets. */
  const isSpelling = (text: string, room: number) => {
    const octets = Buffer.from(text, 'base64url')
    return text !== '' && octets.length <= room && octets.toString('base64url') === text
  }

  it('accepts of every end of a group what the octets are spelled as', () => {
    const ends = [...digits].flatMap((a) => ['', ...digits].flatMap((b) => ['', ...'AEQgz-_'].map((c) => a + b + c)))
    const texts = ends.flatMap((end) => [end, `YWJj${end}`])
    expect(texts.filter((text) => decode(text) !== 'refused')).toEqual(texts.filter((text) => isSpelling(text, 16)))
  })

  /** Texts that are base64url or nearly so: some characters from elsewhere, one byte wide and two. */
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString('base64url')),
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString('base64')),
    fc.string({
      maxLength: 60,
      unit: fc.oneof(
        { weight: 60, arbitrary: fc.constantFrom(...digits) },
        { weight: 1, arbitrary: fc.constantFrom(...'+/=.\n\t \0', '\u0141', '\u012b', '\u0a41', '\ud841', '\udc41') },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) },
      ),
    }),
  )

  it('accepts exactly the spelling of the octets, be a text of its own or a part of another', () => {
    const target = Buffer.alloc(30)
    fc.assert(
      fc.property(hostile, fc.constantFrom('', '~'.repeat(20), '\u0100'.repeat(20)), (text, before) => {
        const octets = decodeBase64url((before + text).slice(before.length), target)
        expect(octets >= 0).toBe(isSpelling(text, target.length))
        if (octets >= 0) expect(target.toString('base64url', 0, octets)).toBe(text)
      }),
      { numRuns: 3000 },
    )
  })
})
