import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { finished, type Writable } from 'node:stream'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../testing/certificate.ts'
import { getByExchange } from './https-exchange.ts'
import { httpsGet as getAlone } from './https-get.ts'

const largest = 262_144

/** How the endpoint answers, by path. */
const answers: Record<string, RequestListener> = {
  '/good': (_, response) => response.end('{"keys":["é"]}'),
  '/chunked': (_, response) => {
    response.write('{"ke')
    response.end('ys":[]}')
  },
  '/largest': (_, response) => response.end('x'.repeat(largest)),
  '/oversized': (_, response) => response.end('x'.repeat(largest + 1)),
  '/endless': (_, response) => {
    const feed = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', feed)
    feed()
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/good' }).end('{"keys":[]}'),
  '/moved-for-good': (_, response) => response.writeHead(308, { location: '/good' }).end('{"keys":[]}'),
  '/failed': (_, response) => response.writeHead(500).end('{"keys":[]}'),
  '/missing': (_, response) => response.writeHead(404).end('{"keys":[]}'),
  '/partial': (_, response) => response.writeHead(206).end('{"keys":[]}'),
  '/truncated': (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"keys":[]}', () => response.destroy())
  },
  '/hung-up': (request) => request.socket.destroy(),
  '/silent': () => {},
  '/stalled': (_, response) => response.write('{"keys":'),
  '/dripping': (_, response) => again(response, () => response.write(' ')),
  '/dripping-header': ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nx: ')
    again(socket, () => socket.write('x'))
  },
  '/hints-for-ever': ({ socket }) => again(socket, () => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')),
  '/upgraded': ({ socket }) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
}

/** Every so often, until the other end has had enough. */
function again(connection: Writable, write: () => void): void {
  const timer = setInterval(write, 50)
  finished(connection, () => clearInterval(timer))
}

describe.each([
  ['alone', getAlone],
  ['beside sign-in', getByExchange],
])('the network client %s', (_, httpsGet) => {
  const trusted = getCACertificates('default')
  const asked: string[] = []
  let url: (path: string) => string
  /** Takes connections, and says nothing. */
  let mute: string
  let close: () => void

  beforeAll(async () => {
    const { key, certificate } = await makeCertificate()
    const server = createServer({ key, cert: certificate }, (request, response) => {
      asked.push(request.url ?? '')
      answers[request.url ?? '']?.(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    url = (path) => `https://localhost:${port}${path}`
    const silent = createTcpServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    mute = `https://localhost:${(silent.address() as AddressInfo).port}/`
    close = () => {
      silent.close()
      server.close()
      server.closeAllConnections()
    }
    setDefaultCACertificates([...trusted, certificate])
  })
  afterAll(() => {
    setDefaultCACertificates(trusted)
    close()
  })

  it.each([
    ['/good', '{"keys":["é"]}'],
    ['/chunked', '{"keys":[]}'],
    ['/largest', 'x'.repeat(largest)],
  ])('gives the text of a good answer: %s', async (path, text) => {
    expect(await httpsGet(url(path))).toBe(text)
  })

  it.each(['/oversized', '/endless', '/failed', '/missing', '/partial', '/upgraded', '/truncated', '/hung-up'])(
    'rejects what is no good answer: %s',
    async (path) => {
      await expect(httpsGet(url(path))).rejects.toThrow()
    },
  )

  it.each(['/moved', '/moved-for-good'])('follows no redirect: %s', async (path) => {
    asked.length = 0
    await expect(httpsGet(url(path))).rejects.toThrow()
    expect(asked).toEqual([path])
  })

  // Its own limit of two seconds ends these; nothing here waits any longer or by itself.
  it('gives up an endpoint that never answers, or never ends', async () => {
    const paths = ['/silent', '/stalled', '/dripping', '/dripping-header', '/hints-for-ever']
    const urls = [...paths.map(url), mute]
    const ends = await Promise.allSettled(urls.map(httpsGet))
    expect(ends).toEqual(
      urls.map(() => ({ status: 'rejected', reason: expect.objectContaining({ name: 'TimeoutError' }) })),
    )
  })

  it('rejects a host whose certificate nobody vouches for', async () => {
    const vouched = getCACertificates('default')
    setDefaultCACertificates(trusted)
    try {
      await expect(httpsGet(url('/good'))).rejects.toThrow(/self-signed/)
    } finally {
      setDefaultCACertificates(vouched)
    }
  })

  it('rejects where nobody listens, and what is no https URL', async () => {
    await expect(httpsGet('https://localhost:1/')).rejects.toThrow()
    await expect(httpsGet('http://localhost:1/')).rejects.toThrow()
    await expect(httpsGet('nonsense')).rejects.toThrow()
  })
})
