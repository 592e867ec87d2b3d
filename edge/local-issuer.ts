/** The issuers that the policy names, on loopback: JWK Sets, tokens, rotation, outages. */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Algorithm } from '../authorizer/policy.ts'
import type { CompletePolicy, CompleteProvider, PublishedIssuer } from '../config/policy-defaults.ts'
import type { AccessTokenClaims } from '../testing/issuer.ts'
import { accessTokenPayload, createSigningKey, type SigningKey } from '../testing/issuer.ts'
import { mint } from '../testing/mint.ts'
import { providerClaims } from '../testing/provider-claims.ts'

export interface IssuerServer extends LocalIssuer {
  readonly port: number
  /** Names under which sandboxes reach it. */
  readonly hosts: readonly string[]
  readonly counters: { fetches: number; failures: number }
  close(): Promise<void>
}

/** Keys of one algorithm at one address, the current one first. */
interface PublishedKeys {
  jwksUri: string
  algorithm: Algorithm
  keys: [SigningKey, ...SigningKey[]]
}

/**
 * Plays every issuer of every provider: each address has keys of its own, of the providers' first algorithms. Another address
 * of a known host answers with all keys of that host.
 */
export async function startIssuer(providers: CompletePolicy['providers']): Promise<IssuerServer> {
  const published = await publish(providers)
  const current = ({ algorithms: [algorithm] }: CompleteProvider, { jwksUri }: PublishedIssuer) => {
    const found = published.find((entry) => entry.jwksUri === jwksUri && entry.algorithm === algorithm)
    if (!found) throw new Error(`no keys at ${jwksUri}`)
    return found
  }
  const [first] = providers
  const identity = providerClaims(first)
  let outage: IssuerOutage | null = null
  const counters = { fetches: 0, failures: 0 }
  const server = http.createServer(({ headers, url = '/' }, response) => {
    counters.fetches++
    if (outage === null) return answerKeys(response, published, addressOf(headers, url))
    counters.failures++
    outages[outage](response)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: identity.iss,
    providers: providers.map(({ name }) => name),
    hosts: hostsOf(providers),
    port: (server.address() as AddressInfo).port,
    counters,
    mint: async ({ 'cognito:groups': groups = [], ...claims } = {}, name = first.name) => {
      const provider = providers.find((entry) => entry.name === name)
      if (!provider) throw new Error(`no provider "${name}" in the policy`)
      const payload = { ...providerClaims(provider, { groups }), ...claims }
      const issuer = provider.issuers.find((entry) => entry.issuer === payload.iss) ?? provider.issuers[0]
      const { types: [typ] = [] } = provider
      return mint(current(provider, issuer).keys[0], accessTokenPayload(payload), typ === undefined ? {} : { typ })
    },
    rotate: async (key) => {
      const own = current(first, first.issuers[0])
      for (const entry of published) {
        entry.keys = [entry === own && key ? key : await createSigningKey(entry.algorithm), ...entry.keys]
      }
    },
    withdraw: () => {
      for (const entry of published) entry.keys = [entry.keys[0]]
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

async function publish(providers: readonly CompleteProvider[]): Promise<PublishedKeys[]> {
  const published: PublishedKeys[] = []
  for (const { issuers, algorithms } of providers) {
    for (const { jwksUri } of issuers) {
      const [algorithm] = algorithms
      if (published.some((entry) => entry.jwksUri === jwksUri && entry.algorithm === algorithm)) continue
      published.push({ jwksUri, algorithm, keys: [await createSigningKey(algorithm)] })
    }
  }
  return published
}

function hostsOf(providers: readonly CompleteProvider[]): string[] {
  const addresses = providers.flatMap(({ issuers }) => issuers.flatMap(({ issuer, jwksUri }) => [issuer, jwksUri]))
  return [...new Set(addresses.flatMap((text) => (URL.canParse(text) ? [new URL(text).hostname] : [])))]
}

/** As the function asked for it: `fetch` sets `Host` by itself, so the sandbox says the name beside it. */
function addressOf(headers: http.IncomingHttpHeaders, path: string): string {
  return `https://${headers['x-forwarded-host'] ?? headers.host}${path}`
}

function answerKeys(response: http.ServerResponse, published: readonly PublishedKeys[], address: string): void {
  const here = published.filter(({ jwksUri }) => jwksUri === address)
  const near = published.filter(({ jwksUri }) => new URL(jwksUri).host === new URL(address).host)
  const keys = (here.length > 0 ? here : near).flatMap((entry) => entry.keys.map(({ jwk }) => jwk))
  if (keys.length > 0) answer(response, 200, JSON.stringify({ keys }))
  else answer(response, 404, '{"message":"Not Found"}')
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
  /** Names of the policy's providers. */
  readonly providers: readonly string[]
  /**
   * A token of a provider (default the first), for its first client and of its first issuer (or another one, as `iss`), signed
   * with the current key; claims are merged over those of a fresh access token. `cognito:groups` stand where the provider
   * reads groups.
   */
  mint(claims?: Partial<AccessTokenClaims>, provider?: string): Promise<string>
  /**
   * Every issuer signs with a new key from now on (made here, but for the first provider's first issuer, if `key` is given); the
   * former keys stay in the JWK Sets until `withdraw`.
   */
  rotate(key?: SigningKey): Promise<void>
  /** Takes every key but the current ones out of the JWK Sets. */
  withdraw(): void
  /** How the JWKS endpoints behave from now on. Default `error` (a 500). */
  outage(kind?: IssuerOutage): void
  restore(): void
}

type IssuerOutage = 'error' | 'hang' | 'reset' | 'garbage' | 'empty'
