/** Reads and writes the claims that a provider or a route names, wherever in a payload they are (RFC 6901). */
import type { ClaimReference } from '../../authorizer/policy.ts'
import { claimPath } from '../../config/claim-reference.ts'
import type { WorldIssuer } from './world.ts'

type Claims = Record<string, unknown>

/** The value of a claim; undefined where it is absent. */
export function claimAt(claims: Claims, reference: ClaimReference): unknown {
  const [last = '', ...before] = [claimPath(reference)].flat().toReversed()
  const parent = before.toReversed().reduce<Claims>((value, name) => objectAt(value, name), claims)
  return Object.hasOwn(parent, last) ? parent[last] : undefined
}

/** Members of a payload with which the claim has this value; undefined removes it. What lies beside it stays. */
export function claimChanges(claims: Claims, reference: ClaimReference, value: unknown): Claims {
  const [first = '', ...rest] = [claimPath(reference)].flat()
  return { [first]: rest.length === 0 ? value : withMember(objectAt(claims, first), rest, value) }
}

function withMember(object: Claims, [name = '', ...rest]: readonly string[], value: unknown): Claims {
  return { ...object, [name]: rest.length === 0 ? value : withMember(objectAt(object, name), rest, value) }
}

function objectAt(object: Claims, name: string): Claims {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : {}
}

interface Bearer {
  issuer: Pick<WorldIssuer, 'provider'>
  claims: Claims
}

/** The groups that a good token names. */
export function groupsOf({ issuer, claims }: Bearer): string[] {
  const { claim, split } = issuer.provider.groupsClaim
  const value = claimAt(claims, claim)
  if (split !== undefined) return typeof value === 'string' ? value.split(split) : []
  return Array.isArray(value) ? value.map(String) : []
}

/** The claim of groups set to this; a list of names is written as the provider writes it. */
export function groupChanges({ issuer, claims }: Bearer, groups: unknown): Claims {
  const { claim, split } = issuer.provider.groupsClaim
  const isNames = Array.isArray(groups) && groups.every((group) => typeof group === 'string')
  return claimChanges(claims, claim, split !== undefined && isNames ? groups.join(split) : groups)
}

/** The client that the token is for, in the claim that names it. */
export function clientChanges({ provider }: Pick<WorldIssuer, 'provider'>, client: unknown): Claims {
  return { [provider.clientClaim]: client }
}
