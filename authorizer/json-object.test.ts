import { describe, expect, it } from 'vitest'
import { encode } from '../testing/mint.ts'
import { parseJsonObject } from './json-object.ts'
import { decodeText } from './token-parts.ts'

const parse = (json: string) => {
  const text = decodeText(encode(json))
  return text && parseJsonObject(text)
}

/** An object of as many empty strings as go into so many octets, white space for what is left. */
function fullOfStrings(octets: number, members = '"a":1'): string {
  const start = `{${members},"all":[""`
  const count = Math.floor((octets - start.length - 2) / 3)
  return `${start}${',""'.repeat(count)}]}`.padStart(octets)
}

describe('the largest payload of a credential of 16,384 characters', () => {
  it.each([12_000, 12_001, 12_002, 12_003, 12_285])('is read: %i octets full of strings', (octets) => {
    const json = fullOfStrings(octets)
    expect(json).toHaveLength(octets)
    expect(parse(json)).toEqual(JSON.parse(json))
  })

  it.each([12_000, 12_001, 12_002, 12_003, 12_285])('with a duplicate among %i octets is refused', (octets) => {
    expect(parse(fullOfStrings(octets, '"a":1,"a":1'))).toBeUndefined()
    expect(parse(fullOfStrings(octets, '"a":[{"b":"c","b":"c"}]'))).toBeUndefined()
  })

  it('is read with thousands of members and escapes, and refused with one of them twice', () => {
    const members = (names: readonly number[]) => `{${names.map((name) => `"\\"${name}":"\\\\"`).join()}}`
    const names = Array.from({ length: 800 }, (_, name) => name)
    expect(parse(members(names))).toEqual(JSON.parse(members(names)))
    expect(parse(members([...names, 399]))).toBeUndefined()
  })
})

describe('what stood in the buffer before', () => {
  it('counts for nothing, wherever the text ends', () => {
    for (let spaces = 0; spaces < 8; spaces++) {
      expect(parse(`{"a":"${'"'.repeat(20)}`)).toBeUndefined()
      expect(parse(`{"a":${' '.repeat(spaces)}"b"}`)).toEqual({ a: 'b' })
    }
  })
})
