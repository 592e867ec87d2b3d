export interface ProviderOptions {
  /** A refresh gives a new refresh token, and the old one is refused once the grace is over. Default true. */
  rotates?: boolean
  /** Seconds in which the one before goes on. Default 60. */
  graceSeconds?: number
  /** A refresh token that comes again after that ends the whole family (RFC 9700 4.14.2). Default false. */
  endsFamilies?: boolean
  /** An access token's life. Default 3600. */
  tokenSeconds?: number
  /** A verifier is not looked at where no challenge was sent: RFC 9700 4.8.2 forbids it, and it is common. Default true. */
  acceptsDowngrade?: boolean
  /** Octets that the first token of a session has more than later ones. Default 0. */
  padding?: number
}
