/**
 * What a policy that says nothing means. Read from the semantics page apart from `config/policy-defaults.ts`: with one
 * reading for both, a wrong default would be right.
 */
import type { Algorithm, Policy } from '../authorizer/policy.ts'

const algorithms: readonly Algorithm[] = ['RS256']

export const defaults = {
  algorithms,
  methods: ['GET', 'HEAD'] as readonly string[],
  credentials: 'header',
  tokenUse: 'access',
  clockToleranceSeconds: 0,
  cooldownSeconds: 10,
} as const satisfies Partial<Policy> & { cooldownSeconds: number }

/** Each issuer with the URL of its keys. */
export function issuersOf({ issuer, jwksUri }: Policy): { issuer: string; jwksUri: string }[] {
  const uris = [jwksUri ?? []].flat()
  return [issuer].flat().map((one, index) => ({ issuer: one, jwksUri: uris[index] ?? `${one}/.well-known/jwks.json` }))
}
