/** Strict-Transport-Security (RFC 6797 6.1), which browsers remember for the whole host. */
export interface HstsConfig {
  /** Seconds that a browser asks the host by https only; 0 makes it forget. Default two years. */
  maxAge?: number
  /** The same for every host below this one, those that have no https included (RFC 6797 11.4.2). Default false. */
  includeSubDomains?: boolean
}

export function completeHsts(hsts: HstsConfig = {}): Required<HstsConfig> {
  return { maxAge: 63_072_000, includeSubDomains: false, ...hsts }
}

export function hstsHeader(hsts?: HstsConfig): string {
  const { maxAge, includeSubDomains } = completeHsts(hsts)
  return `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}`
}
