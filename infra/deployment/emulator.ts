import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Emulator {
  /** For the CDK CLI and the AWS CLI: endpoint, region and made-up credentials, and nothing of the caller's own account. */
  environment: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/** Where the library's function for calls of the AWS SDK finds it, as in Lambda's runtime. */
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** Starts ministack, an emulator of AWS, on a loopback port of its own; resolves once it takes requests. */
export async function startEmulator(ministack: string, toolDirectories: readonly string[]): Promise<Emulator> {
  const directory = await mkdtemp(join(tmpdir(), 'edgeproof-ministack-'))
  const port = String(await freePort())
  const child = spawn(ministack, {
    env: {
      PATH: process.env.PATH,
      NODE_PATH: packages,
      HOME: directory,
      TMPDIR: directory,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: port,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    await listening(child)
  } catch (error) {
    child.kill()
    throw error
  }
  return {
    environment: {
      PATH: [...toolDirectories, process.env.PATH].join(delimiter),
      HOME: directory,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'emulated',
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_REGION: 'us-east-1',
      CI: 'true',
    },
    async stop() {
      const ended = once(child, 'exit')
      if (child.kill()) await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Its log says when; a log that ends first says why not. The stream keeps being read, or a full pipe would stop it. */
function listening(child: ChildProcess): Promise<void> {
  const { stderr } = child
  if (!stderr) throw new Error('ministack has no log')
  const last: string[] = []
  return new Promise((resolve, reject) => {
    createInterface(stderr)
      .on('line', (line) => {
        last.splice(0, last.length - 20)
        last.push(line)
        if (line.includes('Running on http')) resolve()
      })
      .on('close', () => reject(new Error(`ministack ended:\n${last.join('\n')}`)))
    child.on('error', reject)
  })
}
