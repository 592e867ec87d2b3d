import type { IncomingMessage } from 'node:http'

/** Longest wait for an answer, in milliseconds: a viewer-request function has five seconds in all. */
const timeout = 2000
/** Longest answer, in characters; large issuers publish some 20 kB. */
const maxLength = 262_144

/**
 * GET over https with a new connection (one that was kept through a freeze would be dead), no redirects, status 200 only.
 * `node:https` is loaded at the first call: it costs half of what the first `fetch` does.
 *
 * The promise has a clock of its own over the whole exchange, for an answer need neither end nor fail: at a 101 that nobody
 * listens for, Node closes the connection and tells nobody.
 */
export function httpsGet(uri: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { get } = process.getBuiltinModule('node:https')
    const signal = AbortSignal.timeout(timeout)
    signal.onabort = () => reject(signal.reason)
    get(uri, { agent: false, signal }, (response) => read(response).then(resolve, reject))
      .on('error', reject)
      .on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new Error())
      })
  })
}

async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  // Leaving the loop early ends the connection; one that breaks early ends the loop with an error.
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (response.statusCode !== 200 || text.length > maxLength) throw new Error()
  }
  return text
}
