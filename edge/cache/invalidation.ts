/**
 * Which keys an invalidation's paths name (CloudFront Developer Guide, Invalidation, "Specifying the files to invalidate",
 * source of 2023-06-15): a `*` at the end stands for any characters, case counts, and a path without a query string is that of
 * all its variants by headers and cookies. Query strings in a path are compared with those in the key.
 */
export function invalidated(paths: readonly string[]): (key: string) => boolean {
  return (key) => {
    const [target = ''] = key.replace(/^(?:HEAD |OPTIONS )/, '').split('\n', 1)
    return paths.some((path) => {
      if (path.endsWith('*')) return target.startsWith(path.slice(0, -1))
      return target === path || target === `${path}?`
    })
  }
}
