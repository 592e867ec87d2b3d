/** Which hosts a browser takes for one site: cookies' domains and Fetch Metadata go by it. */

/** Names under which anybody gets a host of his own, of those that stories use (the Public Suffix List has thousands). */
const publicSuffixes = ['cloudfront.net']

/** The registrable domain: a public suffix and one label more. */
export function siteOf(host: string): string {
  const suffix = publicSuffixes.find((one) => host.endsWith(`.${one}`))
  const kept = suffix === undefined ? 2 : suffix.split('.').length + 1
  return host.split('.').slice(-kept).join('.')
}

/** A host of the same site that somebody else runs. */
export function siblingOf(host: string): string {
  return `blog.${siteOf(host)}`
}

export function isPublicSuffix(domain: string): boolean {
  return publicSuffixes.includes(domain) || !domain.includes('.')
}

/** RFC 6265 5.1.3, for names; hosts of stories are no addresses. */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}
