/**
 * What counts of an answer that is no denial: at the paths where a described handler signs visitors in and out, and where no
 * credential can be made, so that nobody knows what the handler calls one. How a denial is written is not asked there.
 */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import type { Answer } from '../answer.ts'
import { bodyOf } from '../invariants/header-values.ts'
import type { Observation } from '../invariants/observation.ts'
import { percentDecoded } from '../invariants/percent-decoded.ts'

export function counting(
  observations: readonly Observation[],
  handler: HandlerConfig | undefined,
  request: ViewerRequest | null,
  { result }: Answer,
): Observation[] {
  const isOwnPath = request !== null && Object.values(handler?.signIn?.paths ?? {}).includes(request.uri)
  if (request === null || (!isOwnPath && handler?.credential !== 'none')) return [...observations]
  return observations.filter(({ class: name, rule }) => {
    if (name === 'false-denial') return !isOwnPath
    if (name !== 'unsafe-denial') return true
    return rule === 'deny/page' && result.kind === 'response' && repeatsMarkup(request, bodyOf(result.response))
  })
}

/** A tag alone may be the page's own. */
const ownTag = /^<\/?[a-z]+>$/i

/** Whether markup of the viewer's stands in the page as it is; a page that escapes it may repeat it there. */
function repeatsMarkup({ uri, querystring = '' }: ViewerRequest, body: string): boolean {
  const words = [uri, ...querystring.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))]
  const isMarkup = (word: string) => /[<>"]/.test(word) && !ownTag.test(word)
  return words.flatMap((word) => [word, percentDecoded(word)]).some((word) => isMarkup(word) && body.includes(word))
}
