import type { IncomingMessage } from 'node:http'

/** Longest answer, in characters: tokens of a few kilobytes each. */
const maxLength = 65_536

export interface PostAnswer {
  status: number
  /** `content-type`, empty where there is none. */
  type: string
  body: string
}

/** Rejects where there is no answer within `timeout` milliseconds, or a longer one than anybody needs. */
export type Post = (
  uri: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeout: number,
) => Promise<PostAnswer>

/** POST over https with a new connection, as `httpsGet`: no redirects, and one clock over the whole exchange. */
export const httpsPost: Post = (uri, headers, body, timeout) =>
  new Promise((resolve, reject) => {
    const { request } = process.getBuiltinModule('node:https')
    const signal = AbortSignal.timeout(timeout)
    signal.onabort = () => reject(signal.reason)
    request(uri, { method: 'POST', headers, agent: false, signal }, (response) => read(response).then(resolve, reject))
      .on('error', reject)
      .on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new Error())
      })
      .end(body)
  })

async function read(response: IncomingMessage): Promise<PostAnswer> {
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk
    if (body.length > maxLength) throw new Error()
  }
  return { status: response.statusCode as number, type: response.headers['content-type'] ?? '', body }
}
