import type { IncomingMessage } from 'node:http'

export interface HttpsAnswer {
  status: number
  body: string
}

/** Rejects where there is no answer within `timeout` milliseconds, or one of more than 64 kB. */
export type Post = (
  uri: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeout: number,
) => Promise<HttpsAnswer>

/** POST over https with a new connection, as `httpsGet`: no redirects, and one clock over the whole exchange. */
export const httpsPost: Post = (uri, headers, body, timeout) =>
  exchange(uri, { method: 'POST', headers }, timeout, 65_536, body)

/** `httpsGet` for who has `httpsPost` anyway. */
export async function getByExchange(uri: string): Promise<string> {
  const { status, body } = await exchange(uri, {}, 2000, 262_144)
  if (status !== 200) throw new Error()
  return body
}

function exchange(
  uri: string,
  options: object,
  timeout: number,
  maxLength: number,
  body?: string,
): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const { request } = process.getBuiltinModule('node:https')
    const signal = AbortSignal.timeout(timeout)
    signal.onabort = () => reject(signal.reason)
    request(uri, { ...options, agent: false, signal }, (response) => read(response, maxLength).then(resolve, reject))
      .on('error', reject)
      .on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new Error())
      })
      .end(body)
  })
}

async function read(response: IncomingMessage, maxLength: number): Promise<HttpsAnswer> {
  let body = ''
  // Leaving the loop early ends the connection.
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk
    if (body.length > maxLength) throw new Error()
  }
  return { status: response.statusCode as number, body }
}
