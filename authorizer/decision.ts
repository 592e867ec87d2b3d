import type { GeneratedResponse, ViewerRequest } from './cloudfront.ts'
import type { Reason } from './denials.ts'

export type Decision =
  | { allow: true; request: ViewerRequest }
  | { allow: false; response: GeneratedResponse; reason: Reason; step?: SignInStep }

/** The step of a sign-in that an answer belongs to. */
export interface SignInStep {
  name: 'start' | 'refresh' | 'callback' | 'sign-out'
  /** For the log, in JSON: the milliseconds that it took, and the provider's error code, of letters alone. */
  fields: string
}
