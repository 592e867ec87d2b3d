import type { GeneratedResponse, ViewerRequest } from './cloudfront.ts'
import type { Reason } from './denials.ts'

export type Decision =
  | { allow: true; request: ViewerRequest }
  | { allow: false; response: GeneratedResponse; reason: Reason; step?: SignInStep }

/** The step of a sign-in that an answer belongs to, and the milliseconds that it took. `error`: the provider's code, of letters alone. */
export interface SignInStep {
  name: 'start' | 'refresh' | 'callback' | 'sign-out'
  ms: number
  error?: string | undefined
}
