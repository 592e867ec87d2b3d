import type { OneProviderPolicy, ProvidersPolicy } from '../../../authorizer/policy.ts'
import type { AttackClass } from '../../case.ts'

/** A handler that is the reference handler but for one mistake that somebody has made before. */
export interface Flaw {
  /** Stable, kebab-case. */
  name: string
  class: AttackClass
  /** `CWE-347`. */
  cwe: string
  /** Where it was seen: CVE, advisory or public bug; where the mistake has no such record, the RFC section that rules it out. */
  source: string
  /** Changes to the catalogue's policy that the mistake needs to matter, or a whole policy with several providers. */
  policy?: Partial<OneProviderPolicy> | ProvidersPolicy
  /** The handler that signs visitors in is edited, and stories find the mistake. */
  signsIn?: true
  edits: readonly Edit[]
}

/** The text to replace, which stands exactly once in the reference handler's source, and what stands there instead. */
export type Edit = readonly [replace: string, by: string]
