/**
 * The path that behaviors are matched on. CloudFront "normalizes URI paths consistent with RFC 3986 and then matches the path
 * to the correct cache behavior"; "multiple slashes (//) or periods (..)" go, and "CloudFront sends the raw URI path to the
 * origin" (CloudFront Developer Guide, "Path pattern", page of 2025). Functions see the raw path as well (inferred).
 */
export function normalizedPath(uri: string): string {
  if (!/\/\/|\/\.|%/.test(uri)) return uri
  // RFC 3986 6.2.2.2: unreserved characters are the same encoded or not.
  const decoded = uri.replace(/%(2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  const kept: string[] = []
  const segments = decoded
    .replace(/\/{2,}/g, '/')
    .split('/')
    .slice(1)
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    if (last && (segment === '.' || segment === '..')) kept.push('')
  }
  return `/${kept.join('/')}`
}
