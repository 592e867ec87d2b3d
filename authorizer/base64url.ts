/**
 * Decodes base64url as RFC 7515 2 and RFC 4648 3.5 write it: no padding, no other alphabet, no white space, no stray
 * bits in the last character, so that every octet string has exactly one spelling. Node's own decoder forgives all of
 * these, and takes U+0141 for the `A` of its lower eight bits; what it decoded is therefore spelled again and compared.
 *
 * @returns the number of octets written to the start of `target`, or -1 where `text` is no base64url, empty, or does not fit.
 */
export function decodeBase64url(text: string, target: Buffer): number {
  const octets = target.write(text, 'base64url')
  return octets > 0 && target.toString('base64url', 0, octets) === text ? octets : -1
}

/** Room for a credential of 16,384 characters, decoded; shared, since each use is synchronous. */
export const scratch = Buffer.allocUnsafeSlow(12288)
