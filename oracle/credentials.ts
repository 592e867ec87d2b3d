/** Finds the token in a request (SEMANTICS.md, "Credentials"; RFC 6750 2.1, RFC 9110 5.5 and 11.4, RFC 6265 5.4). */
import type { Headers } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { isNameOf, readCookies } from './cookie-credentials.ts'
import { readHeader } from './header-credentials.ts'
import { may } from './judgement.ts'
import { providersOf, sourcesOf } from './policy-defaults.ts'
import { type SourceReading, withJudgements } from './presented.ts'

/** Of the sources, the first that is present decides. */
export function presentedTokens(policy: Policy, headers: Headers): Pick<SourceReading, 'counted' | 'others'> {
  const found = sourcesOf(policy).map((source) =>
    source.kind === 'header' ? readHeader(source, headers) : readCookies(source, headers, clientsOf(policy)),
  )
  const first = found.findIndex(({ counted }) => counted.length > 0)
  if (first < 0) return { counted: [], others: found.flatMap(({ others }) => others) }
  const upToFirst = found.slice(0, first + 1)
  const doubts = upToFirst.flatMap((source) => source.doubts)
  const isOneOfSeveral = found.slice(first + 1).some(({ counted }) => counted.length > 0)
  // A client uses one method in each request (RFC 6750 2): others may refuse the request for it.
  const severalPresent = isOneOfSeveral ? [may('credentials/source', 'a later source is present, too', 'allow')] : []
  const isOpen = doubts.some((doubt) => doubt.outcome !== 'sound' && doubt.ours === undefined)
  const earlierDecides = may('credentials/source', 'an earlier source is present', isOpen ? undefined : 'deny')
  return {
    counted: withJudgements(found[first]?.counted ?? [], [...doubts, ...severalPresent]),
    others: [
      ...upToFirst.flatMap(({ others }) => others),
      ...withJudgements(
        found.slice(first + 1).flatMap(({ counted, others }) => [...counted, ...others]),
        [earlierDecides],
      ),
    ],
  }
}

/** Whether this header, of a name in lower case, is one that holds the token under the policy. */
export function isCredentialHeader(policy: Policy, name: string): boolean {
  return sourcesOf(policy).some((source) => source.kind === 'header' && source.name === name)
}

/** Whether a cookie of this name is one that holds the token, or a chunk of it, under the policy. */
export function isCredentialCookie(policy: Policy, name: string): boolean {
  const clientIds = clientsOf(policy)
  return sourcesOf(policy).some((source) => source.kind === 'cookie' && isNameOf(source, clientIds, name))
}

function clientsOf(policy: Policy): string[] {
  return providersOf(policy).flatMap(({ clientIds }) => clientIds)
}
