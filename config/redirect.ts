import { pathSegments } from '../authorizer/path-segments.ts'

/**
 * What is wrong with where a denial redirects to: an absolute https URL, or a path on the viewer's own host (RFC 9110 10.2.2). A
 * browser must read it as it is written here: `https:x`, `https:\\x`, `//x` and `/\x` are other hosts to it (WHATWG URL), and what
 * stands before an `@` is no host.
 */
export function redirectFault(text: string): string | undefined {
  if (/[^!-~]|[\\#]/.test(text)) return 'should be in ASCII, without spaces, "\\" and "#"'
  if (text[0] === '/') {
    const [path = ''] = text.split('?')
    return pathSegments(path) ? undefined : 'should be a path on the same host, such as /login'
  }
  if (!/^https:\/\/[^/?]/.test(text) || !URL.canParse(text))
    return 'should be an absolute https URL such as https://login.example.com/, or a path on the same host such as /login'
  const { username, password } = new URL(text)
  return username || password || text.split(/[/?]/)[2]?.includes('@')
    ? 'should have no user before its host'
    : undefined
}

/** What is wrong with the name of the query parameter that carries the return path. */
export function returnToFault(name: string, redirect: string): string | undefined {
  if (!/^[\w.~-]+$/.test(name)) return 'should be the name of a query parameter, without escapes'
  const [, query = ''] = redirect.split('?')
  return new URLSearchParams(query).has(name) ? 'should not be a parameter that the redirect has already' : undefined
}
