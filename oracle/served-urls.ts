/** What a URL answers: a body, bytes without end, a broken connection, or silence until the caller gives up. */
export type Served =
  | {
      kind: 'body'
      body: string
      status?: number
      headers?: Record<string, string>
      delayMs?: number
      /** After half of the body: silence, an octet a second, or a broken connection. */
      halfway?: 'stall' | 'drip' | 'reset'
    }
  | { kind: 'flood'; bytes: number; prefix?: string }
  | { kind: 'reset' }
  | { kind: 'never' }

/** URL → what it answers from now on. A URL that nobody serves is refused (ECONNREFUSED) and recorded. */
export type ServedUrls = Record<string, Served>

export interface Fetch {
  url: string
  /** Milliseconds since the epoch on the suite's clock. */
  at: number
  /** `connect`: a connection on which no request was sent; `url` is then `tcp://host:port`. */
  via: 'http/1.1' | 'h2' | 'connect'
}
