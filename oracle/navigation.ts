/** Whether a browser goes to a page by this request (SEMANTICS.md, `deny/redirect-on`; Fetch Metadata, Sec-Fetch-Mode and -Dest). */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'

export function isNavigation({ method, headers }: ViewerRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const values = (name: string) => (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []).map(({ value }) => value)
  const mode = values('sec-fetch-mode')
  const dest = values('sec-fetch-dest')
  if (mode.length === 0 && dest.length === 0) {
    return values('accept').some((value) => /text\/html/i.test(value))
  }
  const says = (entries: readonly string[], expected: string) =>
    entries.length === 0 || (entries.length === 1 && entries[0] === expected)
  return says(mode, 'navigate') && says(dest, 'document')
}
