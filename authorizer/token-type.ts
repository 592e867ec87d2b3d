import { usesTypes } from './features.ts'

/**
 * Whether a header's `typ` is one of these, in lower case and without `application/` (RFC 7515 4.1.9). Without a list a token
 * may say nothing, `JWT` or `at+jwt`: an issuer marks what it signs for other purposes (RFC 8725 3.11).
 */
export function isOfType(typ: unknown, types?: readonly string[]): boolean {
  if (usesTypes && types)
    return typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, ''))
  return typ === undefined || (typeof typ === 'string' && /^(?:application\/)?(?:at\+)?jwt$/i.test(typ))
}
