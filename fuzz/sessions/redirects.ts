/** Where an answer leads, and whether that is an endpoint. */
import { valuesOf } from '../invariants/header-values.ts'
import type { EdgeAnswer } from './fleet.ts'

/** Origin and path are the endpoint's; whatever the query. */
export function isAt(url: URL, endpoint: string): boolean {
  const { origin, pathname } = new URL(endpoint)
  return url.origin === origin && url.pathname === pathname
}

/** Where a browser goes next. */
export function redirectOf(answer: EdgeAnswer, url: URL): URL | undefined {
  if (answer.kind !== 'response' || ![301, 302, 303, 307, 308].includes(answer.status)) return undefined
  const [location] = valuesOf(answer.headers, 'location')
  try {
    return location === undefined ? undefined : new URL(location, url)
  } catch {
    return undefined
  }
}
