/** Whether a text holds a token, or a part of one that says something (SEMANTICS.md, `deny/return-path`; RFC 7515 7.1). */

const octets = 96

export function holdsToken(text: string): boolean {
  for (let current = text; ; ) {
    if (holdsPlainToken(current)) return true
    const decoded = current.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (decoded === current) return false
    current = decoded
  }
}

function holdsPlainToken(text: string): boolean {
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', at + 1)) {
    const [run = ''] = /^[\w-]+/.exec(text.slice(at, at + 2 * octets)) ?? []
    const decoded = Buffer.from(run, 'base64url').subarray(0, octets).toString('latin1')
    if (/^\{"[\x20-\x7e]+":/.test(decoded)) return true
  }
  return false
}
