/** The issuer's JWKS endpoint on loopback: real TLS with a certificate for `localhost`, so that subjects load and use their real network client. */

import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Jwk } from '../authorizer/configuration.ts'
import { jwksUriOf } from '../config/policy-defaults.ts'
import { signingKey } from './issuer-keys.ts'
import { jwks } from './workload.ts'

/**
 * Self-signed, for the published example key of issuer-keys.ts; for NODE_EXTRA_CA_CERTS of the measured processes. A file and
 * not testing/certificate.ts, so that a handshake is the same octets, and the same instructions, in every run.
 */
export const certificateFile = fileURLToPath(new URL('jwks-server.pem', import.meta.url))

export interface JwksServer {
  jwksUri: string
  /** The next request is answered with the first set, later ones with the second (default: the first again). */
  publish(first: readonly Jwk[], later?: readonly Jwk[]): void
  close(): Promise<void>
}

/** `closes`: after each answer, for clients that ask again when a measurement has kept them from noticing that a connection ended. */
export function startJwksServer({ closes = false } = {}): Promise<JwksServer> {
  const key = createPrivateKey({ key: { ...signingKey }, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' })
  let bodies: [string, string]
  let requests = 0
  const publish = (first: readonly Jwk[], later = first) => {
    bodies = [JSON.stringify({ keys: first }), JSON.stringify({ keys: later })]
    requests = 0
  }
  publish(jwks.keys)
  const server = createServer({ key, cert: readFileSync(certificateFile) }, (_request, response) => {
    const body = bodies[requests === 0 ? 0 : 1]
    requests++
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=86400',
        ...(closes ? { connection: 'close' } : {}),
      })
      .end(body)
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        jwksUri: jwksUriOf(`https://localhost:${port}`),
        publish,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}
