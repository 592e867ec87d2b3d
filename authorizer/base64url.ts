/**
 * Decodes base64url as RFC 7515 2 and RFC 4648 3.5 write it: no padding, no other alphabet, no white space, no stray
 * bits in the last character, so that every octet string has exactly one spelling. Node's own decoder forgives all of
 * these: it passes over what it does not know, so that octets are missing then; it takes the two characters of the other
 * alphabet, and U+0141 for the `A` of its lower eight bits.
 *
 * @returns the number of octets written to the start of `target`, or -1 where `text` is no base64url, empty, or does not fit.
 */
export function decodeBase64url(text: string, target: Buffer): number {
  const { length } = text
  const octets = target.write(text, 'base64url')
  // The last group's characters: four are 0, one alone spells no octet, of two or three the last has no stray bits.
  const group = length & 3
  const endsWell =
    group === 0 || (group > 1 && (group > 2 ? 'AEIMQUYcgkosw048' : 'AQgw').includes(text.at(-1) as string))
  const isWhole = octets > 0 && octets === (length * 3) >> 2 && endsWell
  return isWhole && !text.includes('+') && !text.includes('/') && !/[^\0-\xff]/.test(text) ? octets : -1
}

/** Room for a credential of 16,384 characters, decoded; shared, since each use is synchronous. */
export const scratch = Buffer.allocUnsafeSlow(12288)
