/** What a handler finds at URLs: the issuers' key sets, their discovery documents, and what its description answers. */
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'
import { filledText, textValues } from '../sandbox/place-handler.ts'
import { discoveryDocument, discoveryUrl } from './discovery-document.ts'
import { jwksAnswer, servedByIssuers } from './make-world.ts'
import type { World } from './world.ts'

/** Complete, when all is well. Where no credential can be made the key sets hold keys with which nothing was signed. */
export function servedTo({ policy, issuers, handler, unusedKeys }: World): ServedUrls {
  const keySets = servedByIssuers(issuers)
  if (handler === undefined) return keySets
  if (unusedKeys) {
    for (const url of Object.keys(keySets)) keySets[url] = jwksAnswer(unusedKeys.map(({ jwk }) => jwk))
  }
  const served: ServedUrls = { ...keySets }
  for (const { issuer, jwksUri, provider } of issuers) {
    const url = discoveryUrl(issuer)
    const document = discoveryDocument({ issuer, jwksUri }, provider.algorithms, handler.signIn?.endpoints)
    if (url !== null) served[url] = json(JSON.stringify(document))
  }
  const values = textValues(policy, handler, keySets)
  for (const [url, text] of Object.entries(handler.answers ?? {})) {
    served[new URL(url).href] = json(filledText(text, values))
  }
  return served
}

function json(body: string): Served {
  return { kind: 'body', body, headers: { 'content-type': 'application/json' } }
}
