/** A handler under test, as the engine needs it. */
import type { Policy } from '../../authorizer/policy.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import type { Runtime } from './protocol.ts'

export interface HandlerUnderTest {
  name: string
  /** Ours is held to the side it promises wherever the semantics leave others a choice. */
  whose: 'ours' | 'foreign'
  /** A module that exports `handler`, with this policy baked in. */
  file: string
  policy: Policy
  runtime: Runtime
  /** How it is called, what it finds around it, and what its visitors send, where the configuration says so. */
  handler?: HandlerConfig
  /** Stories show what comes of its sign-in. Default: whether the description has one; false where nobody could sign in. */
  playsSignIn?: boolean
}
