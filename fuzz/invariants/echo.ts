/** The viewer's words in a body: whoever writes them there lets the viewer write the page (CWE-79). */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import { valuesOf } from './header-values.ts'
import { percentDecoded } from './percent-decoded.ts'

/** Long enough, and with more than letters, not to be a page's own word. */
const isTelling = (text: string) => text.length >= 8 && /[^A-Za-z]/.test(text)

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#34;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&amp;': '&',
}

/** `known`: texts that the policy has itself. */
export function echoOf({ uri, querystring = '', headers }: ViewerRequest, body: string, known: string): string | null {
  const plain = body.replace(/&(?:lt|gt|quot|amp|#34|#39|#x27);/g, (entity) => entities[entity] ?? entity)
  const texts = [
    uri,
    querystring,
    ...querystring.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ...valuesOf(headers, 'referer'),
    ...valuesOf(headers, 'user-agent'),
  ].flatMap((text) => [text, percentDecoded(text)])
  return texts.find((text) => isTelling(text) && plain.includes(text) && !known.includes(text)) ?? null
}
