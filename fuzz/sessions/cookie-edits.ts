/** What somebody with a jar of his own, or a sibling domain, can make of a cookie without knowing what it holds. */
import type { CookieEdit, TossedName } from './story.ts'

/** A cookie's name as it is tossed. */
export function tossedName(name: string, as: TossedName): string {
  switch (as) {
    case 'bare':
      return name.replace(/^__(?:Host|Secure)-/i, '')
    case 'same':
      return name
    case 'quoted':
      return `"${name}"`
    case 'en-quad':
      return `\u2000${name}`
    case 'no-break':
      return `\u00a0${name}`
    case 'other-case':
      return name.toUpperCase()
    case 'encoded':
      return name.replace(/_/g, '%5F')
  }
}

/** The value after the edit; the same where the edit finds nothing to change. */
export function editedValue(value: string, how: CookieEdit, paths: readonly string[]): string {
  if (typeof how === 'object') return withPath(value, how.path, paths)
  const [, head = '', last = ''] = /^(.*?)([A-Za-z0-9_-]*)$/s.exec(value) ?? []
  const octets = Buffer.from(last, 'base64url')
  if (how === 'flip') return `${head}${flipped(octets).toString('base64url')}`
  const kept = how === 'cut-tag' ? octets.subarray(0, Math.max(0, octets.length - 12)) : octets.subarray(0, 4)
  return `${head}${kept.toString('base64url')}`
}

function flipped(octets: Buffer): Buffer {
  const copy = Buffer.from(octets)
  const last = copy.length - 1
  if (last >= 0) copy[last] = (copy[last] ?? 0) ^ 1
  return copy
}

/** Where one of the paths that the site was asked for stands in it: plain, percent-encoded, or within base64url. */
function withPath(value: string, path: string, paths: readonly string[]): string {
  for (const old of paths) {
    for (const spell of [(text: string) => text, encodeURIComponent, encodeURI]) {
      if (value.includes(spell(old))) return value.replace(spell(old), () => spell(path))
    }
  }
  return value
    .split('.')
    .map((part) => {
      const text = Buffer.from(part, 'base64url').toString()
      const old = paths.find((one) => text.includes(one))
      return old === undefined ? part : Buffer.from(text.replace(old, () => path)).toString('base64url')
    })
    .join('.')
}
