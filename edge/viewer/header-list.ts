/** Headers as they cross the wire: name, value, name, value; order, spelling and repetition kept. */
export type HeaderList = readonly string[]

/** All values of a header, joined as RFC 9110 5.3 joins lines; undefined where there is none. */
export function headerValue(list: HeaderList, lowerName: string): string | undefined {
  let joined: string | undefined
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = list[index] as string
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue
    joined = joined === undefined ? list[index + 1] : `${joined}, ${list[index + 1]}`
  }
  return joined
}

/** Lower-case name → joined values. Lines of `cookie` are joined with a semicolon (RFC 9113 8.2.3). */
export function headerRecord(list: HeaderList): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = (list[index] as string).toLowerCase()
    const value = list[index + 1] as string
    const before = record[name]
    record[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return record
}

/** The list without the named headers (lower case). */
export function withoutHeaders(list: HeaderList, lowerNames: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = list[index] as string
    if (!lowerNames.has(name.toLowerCase())) kept.push(name, list[index + 1] as string)
  }
  return kept
}

/** The lower-case names in a list. */
export function headerNames(list: HeaderList): Set<string> {
  const names = new Set<string>()
  for (let index = 0; index < list.length; index += 2) names.add((list[index] as string).toLowerCase())
  return names
}

/**
 * Connection-specific fields, which never leave the hop they came on: those of RFC 9110 7.6.1 and whatever the message's
 * own Connection names.
 */
export function hopByHop(list: HeaderList): Set<string> {
  const names = new Set(fixedHopByHop)
  for (const option of (headerValue(list, 'connection') ?? '').split(',')) {
    const name = option.trim().toLowerCase()
    if (name !== '') names.add(name)
  }
  return names
}

const fixedHopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
