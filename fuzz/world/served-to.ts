/** What a handler finds at URLs: the issuers' key sets, their discovery documents, and what its description answers. */
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'
import { mint } from '../../testing/mint.ts'
import { ownPair, signsSessions } from '../sandbox/own-pair.ts'
import { filledText, textValues } from '../sandbox/place-handler.ts'
import { discoveryDocument, discoveryUrl } from './discovery-document.ts'
import { jwksAnswer, servedByIssuers } from './make-world.ts'
import type { Visitor, World } from './world.ts'

/** Complete, when all is well. Where no credential can be made the key sets hold keys with which nothing was signed. */
export function servedTo({ policy, issuers, visitors, handler, unusedKeys }: World): ServedUrls {
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
  const token = handler.signIn?.endpoints.token
  if (token !== undefined && !unusedKeys) served[new URL(token).href] = json(tokenAnswer(visitors[0]))
  return { ...served, ...describedAnswers({ policy, handler }, keySets) }
}

/** What is written into a handler of stories: the issuers' keys, and before them the pair that signs its sessions, if it has one. */
export function deployedKeySets({ issuers, handler }: Pick<World, 'issuers' | 'handler'>): ServedUrls {
  const [{ jwksUri, keys }] = issuers
  const keySets = servedByIssuers(issuers)
  if (handler === undefined || !signsSessions(handler)) return keySets
  return { ...keySets, [jwksUri]: jwksAnswer([ownPair(), ...keys].map(({ jwk }) => jwk)) }
}

/** What the handler's description says that further URLs answer. */
export function describedAnswers(
  { policy, handler }: Pick<World, 'policy' | 'handler'>,
  keySets: ServedUrls,
): ServedUrls {
  if (handler === undefined) return {}
  const values = textValues(policy, handler, keySets)
  return Object.fromEntries(
    Object.entries(handler.answers ?? {}).map(([url, text]) => [new URL(url).href, json(filledText(text, values))]),
  )
}

/** Whoever has a code gets the first visitor's tokens (RFC 6749 5.1): an attacker has an account of his own. */
function tokenAnswer({ issuer, claims }: Visitor): string {
  const token = mint(issuer.keys[0], claims)
  const id = mint(issuer.keys[0], { ...claims, aud: issuer.provider.clientIds[0], token_use: 'id' })
  return JSON.stringify({
    token_type: 'Bearer',
    expires_in: 3600,
    access_token: token,
    id_token: issuer.provider.tokenUse === 'access' ? id : token,
    refresh_token: `refresh-${String(claims.sub)}`,
  })
}

function json(body: string): Served {
  return { kind: 'body', body, headers: { 'content-type': 'application/json' } }
}
