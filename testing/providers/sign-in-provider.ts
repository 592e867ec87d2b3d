/** What every provider here is to whoever signs in with it, and the loopback servers that it answers on. */
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Jwk } from '../../authorizer/configuration.ts'
import type { TokenEndpointAuthMethod } from '../../authorizer/policy.ts'
import { makeCertificate } from '../certificate.ts'
import { type Fault, faultyAnswers } from './token-endpoint-faults.ts'

export interface Account {
  username: string
  password: string
  sub: string
  groups: readonly string[]
}

export interface RegisteredClient {
  id: string
  /** Default: a public client. */
  secret?: string
  /** For `private_key_jwt`, which only the certified provider knows: with `kid` and `alg`. */
  publicKey?: Jwk
  /** How it has to prove itself to the certified provider. Default: `client_secret_basic` with a secret. */
  authMethod?: TokenEndpointAuthMethod
  redirectUris: readonly string[]
  signOutUris: readonly string[]
}

export interface ProviderOptions {
  accounts: readonly Account[]
  clients: readonly RegisteredClient[]
}

export interface SignInProvider {
  readonly issuer: string
  readonly jwksUri: string
  readonly endpoints: { authorization: string; token: string; revocation: string; logout: string }
  readonly hosts: readonly string[]
  /** Loopback port that speaks plain HTTP: for functions, whose TLS ends in the local edge. */
  readonly port: number
  /** Loopback port that speaks HTTPS: for browsers and other clients. */
  readonly tlsPort: number
  /** Of `tlsPort`, in PEM, for localhost. */
  readonly certificate: string
  /** Requests to the plain port, in order: method and path. */
  readonly backChannel: readonly string[]
  /** Seconds that access and ID tokens live from the next one on. Default 3600. */
  tokenSeconds: number
  /** How the plain port answers everything but the keys from now on; null, as at first, is rightly. */
  fault: Fault | null
  close(): Promise<void>
}

export type ProviderServer = Pick<
  SignInProvider,
  'port' | 'tlsPort' | 'certificate' | 'backChannel' | 'fault' | 'close'
>

/** `answer` hears from both ports, `keysPath` is where a fault of the token endpoint changes nothing. */
export async function serveProvider(answer: http.RequestListener, keysPath: string): Promise<ProviderServer> {
  const { key, certificate } = await makeCertificate()
  const backChannel: string[] = []
  const plain = http.createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    backChannel.push(`${request.method} ${path}`)
    if (provider.fault === null || path === keysPath) return answer(request, response)
    faultyAnswers[provider.fault](response)
  })
  const secure = https.createServer({ key, cert: certificate }, answer)
  const servers = [plain, secure]
  const [port = 0, tlsPort = 0] = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
      return (server.address() as AddressInfo).port
    }),
  )
  const provider: ProviderServer = {
    port,
    tlsPort,
    certificate,
    backChannel,
    fault: null,
    close: async () => {
      await Promise.all(
        servers.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              server.closeAllConnections()
            }),
        ),
      )
    },
  }
  return provider
}
