/**
 * Decodes base64url as RFC 7515 2 and RFC 4648 3.5 write it: no padding, no other alphabet, no white space, no stray
 * bits in the last character, so that every octet string has exactly one spelling. Node's own decoder forgives all of these.
 *
 * @returns the number of octets written to the start of `target`, or -1 where `text` is no base64url or does not fit.
 */
export function decodeBase64url(text: string, target: Buffer): number {
  const { length } = text
  const octets = Math.floor((length * 3) / 4)
  const rest = length % 4
  if (rest === 1 || octets > target.length || octets === 0) return -1
  // Node skips what it does not know, and a skipped character shortens the output; only these two stand for others.
  if (target.write(text, 0, octets, 'base64url') !== octets || text.includes('+') || text.includes('/')) return -1
  if (rest === 0) return octets
  return (rest === 2 ? lastOfTwo : lastOfThree).includes(text[length - 1] as string) ? octets : -1
}

/** The characters whose lower four, or two, bits are zero: the only ones that may end a group of two, or three. */
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Room for the longest credential (8,192 characters) decoded; shared, since each use is synchronous. */
export const scratch = Buffer.allocUnsafeSlow(8192)
