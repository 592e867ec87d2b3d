/** The issuer that the policy names, on loopback: a JWK Set, tokens, rotation, outages. */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessTokenClaims } from '../testing/issuer.ts'
import { accessTokenPayload, createSigningKey, type SigningKey } from '../testing/issuer.ts'
import { mint } from '../testing/mint.ts'

export interface IssuerServer extends LocalIssuer {
  readonly port: number
  readonly counters: { fetches: number; failures: number }
  close(): Promise<void>
}

export interface IssuerIdentity {
  /** `iss` of the tokens. */
  url: string
  clientId: string
  /** The algorithm of its keys. */
  algorithm: Parameters<typeof createSigningKey>[0]
}

/** Answers every path with the JWK Set: sandboxes are routed here only for the policy's JWKS hosts. */
export async function startIssuer({ url, clientId, algorithm }: IssuerIdentity): Promise<IssuerServer> {
  let keys: [SigningKey, ...SigningKey[]] = [await createSigningKey(algorithm)]
  let outage: IssuerOutage | null = null
  const counters = { fetches: 0, failures: 0 }
  const server = http.createServer((_request, response) => {
    counters.fetches++
    if (outage === null) return answer(response, 200, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
    counters.failures++
    outages[outage](response)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url,
    port: (server.address() as AddressInfo).port,
    counters,
    mint: async (claims = {}) =>
      mint(keys[0], accessTokenPayload({ iss: url, client_id: clientId, 'cognito:groups': [], ...claims })),
    rotate: async (key) => {
      keys = [key ?? (await createSigningKey(algorithm)), ...keys]
    },
    withdraw: () => {
      keys = [keys[0]]
    },
    outage: (kind = 'error') => {
      outage = kind
    },
    restore: () => {
      outage = null
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const outages: Record<IssuerOutage, (response: http.ServerResponse) => void> = {
  error: (response) => answer(response, 500, '{"message":"Internal Server Error"}'),
  hang: () => {},
  reset: (response) => response.socket?.destroy(),
  garbage: (response) => answer(response, 200, '<html>not a key set</html>'),
  empty: (response) => answer(response, 200, '{"keys":[]}'),
}

function answer(response: http.ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body)
}

export interface LocalIssuer {
  /** `iss` of its tokens, the policy's first issuer. */
  readonly url: string
  /** A token of this issuer signed with the current key; claims are merged over those of a fresh Cognito access token. */
  mint(claims?: Partial<AccessTokenClaims>): Promise<string>
  /** Signs with a new key from now on (`key`, or one made here); the former key stays in the JWK Set until `withdraw`. */
  rotate(key?: SigningKey): Promise<void>
  /** Takes every key but the current one out of the JWK Set. */
  withdraw(): void
  /** How the JWKS endpoint behaves from now on. Default `error` (a 500). */
  outage(kind?: IssuerOutage): void
  restore(): void
}

type IssuerOutage = 'error' | 'hang' | 'reset' | 'garbage' | 'empty'
