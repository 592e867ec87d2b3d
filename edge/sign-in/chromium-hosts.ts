/** Chromium's arguments by which host names are loopback servers, and their certificates good ones. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Server } from '../../testing/http-browser.ts'

/** Every other host does not exist. */
export function chromiumHosts(servers: Readonly<Record<string, Server>>): string[] {
  const rules = Object.entries(servers).map(([host, { tlsPort }]) => `MAP ${host} 127.0.0.1:${tlsPort}`)
  const keys = Object.values(servers).map(({ certificate }) => {
    const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
    return createHash('sha256').update(key).digest('base64')
  })
  return [
    `--host-resolver-rules=${[...rules, 'MAP * ~NOTFOUND'].join(', ')}`,
    `--ignore-certificate-errors-spki-list=${[...new Set(keys)].join(',')}`,
  ]
}
