import type { Policy } from '../../authorizer/policy.ts'
import type { RequestFields } from '../../testing/viewer-request.ts'

/** A shape that is no member at all. */
export const absent = Symbol('absent')

/** Every combination of these is tried: member → its shapes. */
export type Shapes = Readonly<Record<string, readonly unknown[]>>

/**
 * A policy, and all combinations of what its rules speak of. Without `tokens` requests carry the family's own fields only.
 * `keys`: the sets that the provider may publish, each tried with everything else; default the issuers' own.
 */
export interface Family {
  name: string
  policy: Policy
  tokens?: {
    /** Over a payload that is good but for these. */
    claims: Shapes
    header?: Shapes
    /** Which issuers' keys sign, by place; default that of the first. */
    signers?: readonly number[]
  }
  keys?: readonly (readonly unknown[])[]
  uris: Iterable<string>
  /** Requests made of some tokens, where the token is not simply in its place. */
  requests?: (tokens: FamilyTokens) => Iterable<RequestFields>
}

/** Ready texts for families about where a token is. */
export interface FamilyTokens {
  ann: string
  annLater: string
  bob: string
  expired: string
}

/** All combinations, each a record of the shapes that are there. */
export function* combinations(shapes: Shapes): Generator<Record<string, unknown>> {
  const [first, ...others] = Object.entries(shapes)
  if (!first) {
    yield {}
    return
  }
  const [name, values] = first
  for (const rest of combinations(Object.fromEntries(others))) {
    for (const value of values) yield value === absent ? rest : { [name]: value, ...rest }
  }
}
