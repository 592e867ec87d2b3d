/** ministack (PyPI) for tests: answers as AWS does, on loopback. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'

export interface Ministack {
  close(): Promise<void>
}

/** `$MINISTACK_BIN`, else the one on PATH; else null, and a line that says what is skipped for it. */
export function findMinistack(): string | null {
  const named = process.env.MINISTACK_BIN
  const candidates = named ? [named] : (process.env.PATH ?? '').split(delimiter).map((path) => join(path, 'ministack'))
  const found = candidates.find(executable) ?? null
  if (found === null) console.log('skipped: ministack missing')
  return found
}

/** Starts it and points the AWS clients of this process at it. */
export async function startMinistack(): Promise<Ministack> {
  const port = await freePort()
  const env = { ...process.env, BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port) }
  const server = spawn(findMinistack() ?? 'ministack', { env, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk
      if (/Running on http/.test(text)) resolve()
    }
    server.stdout.on('data', read)
    server.stderr.on('data', read)
    server.once('error', reject).once('exit', () => reject(new Error(`ministack ended: ${text}`)))
  })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  })
  return {
    close: async () => {
      server.kill()
      await once(server, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
