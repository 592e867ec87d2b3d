/** Longest wait for an answer, in milliseconds: a viewer-request function has five seconds in all. */
const timeout = 2000
/** Longest answer, in octets; large issuers publish some 20 kB. */
const maxOctets = 262_144

/**
 * GET over https with a new connection (one that was kept through a freeze would be dead), no redirects, status 200 only.
 * `node:https` is loaded at the first call: it costs half of what the first `fetch` does.
 */
export async function httpsGet(uri: string): Promise<string> {
  const { get } = process.getBuiltinModule('node:https')
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json' }
    get(uri, { agent: false, headers, signal: AbortSignal.timeout(timeout) }, (response) => {
      const chunks: Buffer[] = []
      let octets = 0
      response.on('error', reject)
      if (response.statusCode !== 200) {
        response.destroy(new Error('status'))
        return
      }
      response.on('data', (chunk: Buffer) => {
        octets += chunk.length
        if (octets > maxOctets) response.destroy(new Error('size'))
        else chunks.push(chunk)
      })
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      // A connection that breaks before the end gives neither end nor error.
      response.on('close', () => reject(new Error('closed')))
    }).on('error', reject)
  })
}
