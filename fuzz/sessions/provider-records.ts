/** What the provider remembers of codes, sign-ins and requests: the judge reads it, no handler does. */
import type { Call } from '../sandbox/protocol.ts'
import type { Person } from './people.ts'

export interface Code {
  code: string
  person: Person
  browser: string
  redirectUri: string
  state: string | null
  nonce: string | null
  challenge: string | null
  at: number
  /** How often it was brought to the token endpoint. */
  tries: number
  isSpent: boolean
}

/** What one sign-in gave, and its refreshes after it. */
export interface Family {
  /** In the order of sign-ins, and of their codes. */
  number: number
  codeNumber: number
  person: Person
  browser: string
  /** Where the sign-in came back to. */
  host: string
  client: string
  startedAt: number
  usedAt: number
  refreshToken: string
  before: { token: string; until: number }[]
  isOver: boolean
}

export interface TokenRecord {
  /** The tokens' own texts. */
  access: string
  id: string | null
  refresh: string
  held: string
  person: Person
  family: Family
  expires: number
  /** Why no session may come of it. */
  bad: string | undefined
  answer: string
}

/** One request of the handler's to an endpoint. */
export interface ProviderCall {
  call: Call
  at: number
  endpoint: 'token' | 'revocation' | 'keys' | 'discovery' | 'none'
  grant?: string
  code?: Code
  /** Of a refresh, whether or not the token still holds. */
  family?: Family
  /** When it was used before this. */
  usedAt?: number
  refreshToken?: string
  verifier?: string
  /** RFC 6749 5.2, where it was refused. */
  error?: string
  tokens?: TokenRecord
}
