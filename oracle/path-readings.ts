/**
 * What a URI can mean to somebody who reads it: one list of decoded segments for a well-formed URI, and for a malformed
 * one every list that an S3 key, a proxy that merges slashes, or one that resolves dots would make of it
 * (SEMANTICS.md, "Paths"; RFC 3986 2.1, 3.3, 5.2.4).
 */

export interface PathReadings {
  wellFormed: boolean
  /** What is wrong, for people; empty where nothing is. */
  fault: string
  readings: string[][]
  /** The readings where a raw `+` is a space, as S3 has it; empty where the URI has none. */
  spaceReadings: string[][]
  /** Indices of the segments of a well-formed URI that hold a raw `+`. */
  plusSegments: number[]
}

export function readPath(uri: string): PathReadings {
  const fault = faultOf(uri)
  const hasPlus = uri.includes('+')
  if (fault === '') {
    return {
      wellFormed: true,
      fault,
      readings: [segmentsOf(uri)],
      spaceReadings: hasPlus ? [segmentsOf(uri.replaceAll('+', ' '))] : [],
      plusSegments: uri
        .slice(1)
        .split('/')
        .flatMap((segment, index) => (segment.includes('+') ? [index] : [])),
    }
  }
  const texts = textsOf(uri)
  return {
    wellFormed: false,
    fault,
    readings: texts.flatMap(looseReadings),
    spaceReadings: hasPlus ? texts.flatMap((text) => looseReadings(text.replaceAll('+', ' '))) : [],
    plusSegments: [],
  }
}

function segmentsOf(uri: string): string[] {
  return uri
    .slice(1)
    .split('/')
    .map((segment) => decodeURIComponent(segment))
}

function faultOf(uri: string): string {
  if (!uri.startsWith('/')) return 'does not begin with "/"'
  if (/[?#]/.test(uri)) return 'has "?" or "#"'
  if (!uri.isWellFormed()) return 'has a lone surrogate'
  const segments = uri.slice(1).split('/')
  for (const [index, raw] of segments.entries()) {
    let segment: string
    try {
      segment = decodeURIComponent(raw)
    } catch {
      return 'has an invalid escape or invalid UTF-8'
    }
    if (segment === '.' || segment === '..') return 'has a dot segment'
    if (/[/\\]/.test(segment)) return 'has an encoded slash or a backslash'
    if (/[\u0000-\u001f\u007f]/.test(segment)) return 'has a control character'
    if (segment === '' && index < segments.length - 1) return 'has an empty segment'
  }
  return ''
}

/** The raw text with and without what follows `?` or `#`, and always with a leading slash. */
function textsOf(uri: string): string[] {
  const whole = uri.startsWith('/') ? uri : `/${uri}`
  const cut = whole.replace(/[?#].*$/s, '')
  return cut === whole ? [whole] : [whole, cut]
}

function looseReadings(text: string): string[][] {
  const key = looseDecode(text).slice(1).split('/')
  const merged = mergeSlashes(key)
  return [key, merged, resolveDots(key), resolveDots(merged)]
}

/** Decodes once; what cannot be decoded stands for itself, and octets that are no UTF-8 become U+FFFD. */
function looseDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    new TextDecoder().decode(Buffer.from(escapes.replaceAll('%', ''), 'hex')),
  )
}

function mergeSlashes(segments: readonly string[]): string[] {
  return segments.filter((segment, index) => segment !== '' || index === segments.length - 1)
}

function resolveDots(segments: readonly string[]): string[] {
  const resolved: string[] = []
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') resolved.pop()
    if (segment !== '.' && segment !== '..') resolved.push(segment)
    else if (last) resolved.push('')
  }
  return resolved
}
