import type { EdgeSignIn } from './edge-policy.ts'
import { pathSegments } from './path-segments.ts'

/**
 * Where a visitor goes back to: a path of the same host. It comes out of a cookie, so that it is looked at once more: `//x`, `/\x` and
 * `@x` behind a host are other hosts to a browser.
 */
export function landing({ home, paths }: EdgeSignIn, host: string, stored: string): string {
  let path = ''
  try {
    path = decodeURIComponent(stored)
  } catch {}
  const [uri = ''] = path.split('?')
  const isGood = /^[!-~]+$/.test(path) && pathSegments(uri) && !isOwnPath({ paths }, uri)
  return `https://${host}${isGood ? path : home}`
}

export function isOwnPath({ paths: { callback, refresh, signOut } }: Pick<EdgeSignIn, 'paths'>, uri: string): boolean {
  return uri === callback || uri === refresh || uri === signOut
}
