/** What a token endpoint can do wrong without signing anything: unreachable, slow, and answers that are none. */
import type { ServerResponse } from 'node:http'

export type Fault = 'down' | 'drip' | 'page' | 'flood'

export const faultyAnswers: Record<Fault, (response: ServerResponse) => void> = {
  down: (response) => response.socket?.destroy(),
  drip,
  page: (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><h1>Hello</h1>'),
  flood,
}

/** One character of white space each 100 ms, which JSON allows for ever. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 100)
  response.once('close', () => clearInterval(timer))
}

/** Five megabytes of white space before a token. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(`${' '.repeat(5_000_000)}{"token_type":"Bearer","access_token":"x"}`)
}
