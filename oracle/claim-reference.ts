/** Where a claim is: by its name, or by a JSON Pointer (SEMANTICS.md, "Providers"; RFC 6901 3 and 4). */

export type Claims = Record<string, unknown>

export function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** The claim, or undefined where it is absent. */
export function claimAt(claims: Claims, reference: string): unknown {
  if (!reference.startsWith('/')) return own(claims, reference)
  let value: unknown = claims
  for (const token of reference.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    // In this order: "~01" is "~1".
    value = own(value as Claims, token.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return value
}
