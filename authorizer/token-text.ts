/** How many octets of a JSON object are looked at for its first name. */
const nameOctets = 96

/**
 * Whether a text holds a JOSE header or a set of claims (RFC 7515 7.1): base64url that begins with `eyJ` and decodes to the
 * beginning of a JSON object, as it is or percent-encoded any number of times. Three letters alone are no token:
 * `surveyJune.v2.pdf` holds none.
 */
export function holdsToken(text: string): boolean {
  for (let decoded = text; ; ) {
    for (let at = decoded.indexOf('eyJ'); at >= 0; at = decoded.indexOf('eyJ', at + 1)) {
      const [run = ''] = /^[\w-]+/.exec(decoded.slice(at, at + (nameOctets / 3) * 4)) ?? []
      if (/^\{"[ -~]*":/.test(Buffer.from(run, 'base64url').toString('latin1'))) return true
    }
    // A percent sign that was encoded many times is decoded at once.
    const next = decoded.replace(/%(?:25)*([\da-f]{2})/gi, (_, octet) =>
      String.fromCharCode(Number.parseInt(octet, 16)),
    )
    if (next === decoded) return false
    decoded = next
  }
}
