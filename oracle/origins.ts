/** Whose pages may read an answer (SEMANTICS.md, `deny/cors`; RFC 6454 6.2). */
import type { Policy } from '../authorizer/policy.ts'

export function namesOrigin({ corsOrigins = [] }: Policy, origin: string): boolean {
  return corsOrigins.some((named) => (named.includes('*') ? isBelow(named, origin) : named === origin))
}

/** `https://*.example.com`: one label or more stand for the `*`. */
function isBelow(named: string, origin: string): boolean {
  const [before = '', after] = named.split('//*.')
  if (after === undefined) return false
  const [scheme, suffix] = [`${before}//`, `.${after}`]
  if (!origin.startsWith(scheme) || !origin.endsWith(suffix)) return false
  return /^[\w-]+(?:\.[\w-]+)*$/.test(origin.slice(scheme.length, -suffix.length))
}
