/** Whatever needs more than a split: escapes, what S3 keys or URIs must not hold, empty and dot segments, non-ASCII. */
const unusual = /[^!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/
const forbidden = /[/\\\u0000-\u001f\u007f]/

/**
 * The decoded segments of a URI path, or undefined where it is malformed: S3 decodes a path once, so each segment is
 * percent-decoded once as UTF-8 (RFC 3986 2.1, 3.3), and nothing may remain that some reader takes for structure.
 * `/a/` has the segments `a` and the empty one.
 */
export function pathSegments(uri: string): string[] | undefined {
  if (uri.charCodeAt(0) !== 0x2f) return undefined
  if (!unusual.test(uri)) return split(uri)
  if (/[?#]/.test(uri) || !uri.isWellFormed()) return undefined
  const segments = split(uri)
  const last = segments.length - 1
  for (let i = 0; i <= last; i++) {
    const raw = segments[i] as string
    if (raw === '' && i < last) return undefined
    const segment = decoded(raw)
    if (segment === undefined || segment === '.' || segment === '..' || forbidden.test(segment)) return undefined
    segments[i] = segment
  }
  return segments
}

/** `uri.slice(1).split('/')` in half its time. */
function split(uri: string): string[] {
  const segments: string[] = []
  let start = 1
  for (let end = uri.indexOf('/', start); end > 0; end = uri.indexOf('/', start)) {
    segments.push(uri.slice(start, end))
    start = end + 1
  }
  segments.push(uri.slice(start))
  return segments
}

function decoded(segment: string): string | undefined {
  if (!segment.includes('%')) return segment
  try {
    // ECMA-262 19.2.6.5: refuses invalid escapes, overlong forms, surrogates and truncated sequences.
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
