/**
 * k6 reads its files once, and tokens end within the hour: the running script asks here, on loopback, for the tokens
 * that `edgeproof tokens` has renewed in their file since.
 */
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credential } from '../../testing/population/credentials.ts'
import { identityOf, readTokens } from './real-distribution.ts'

export interface TokenRenewal {
  /** Answers with a JSON object: the planned header value, and the one to send instead. */
  url: string
  everySeconds: number
  close(): void
}

/** Watches the file from now on; a file that is gone or broken for a moment changes nothing. */
export async function startTokenRenewal(
  file: string,
  credentials: readonly Credential[],
  everySeconds = 60,
): Promise<TokenRenewal> {
  const planned = bySub(file)
  let seen = statSync(file).mtimeMs
  let replacements = '{}'
  const refresh = () => {
    try {
      const { mtimeMs } = statSync(file)
      if (mtimeMs === seen) return
      const renewed = bySub(file)
      const pairs = [...planned].flatMap(([sub, token]) =>
        credentials
          .filter(({ value }) => value.endsWith(token))
          .map(({ value }) => [value, value.slice(0, -token.length) + (renewed.get(sub) ?? token)]),
      )
      replacements = JSON.stringify(Object.fromEntries(pairs))
      seen = mtimeMs
    } catch {
      // The file is being written, or its users are gone: the tokens at hand are as good as any.
    }
  }
  // Nobody else on this machine is to read the tokens.
  const path = `/${randomUUID()}`
  const server = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end()
    refresh()
    response.writeHead(200, { 'content-type': 'application/json' }).end(replacements)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    everySeconds,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function bySub(file: string): Map<string, string> {
  return new Map(readTokens(file).map((token) => [identityOf(token, file).sub, token]))
}
