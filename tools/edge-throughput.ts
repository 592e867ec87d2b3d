/**
 * Cache hits per second through the whole local edge, authorizer included, against a bare node:http server that sends the
 * same head and body. Both take turns (ABBA) in one run, each in a process of its own, asked with the same bytes by the
 * same client over the same number of kept connections. The ratio of each pair is one sample. CPU time per answer, all
 * threads of each server together, stands beside it: other programs disturb it less.
 * Usage: node tools/edge-throughput.ts [pairs] [seconds per turn]
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { loadConfig } from '../config/load-config.ts'
import { startEdge } from '../edge/start-edge.ts'
import { synthesize } from '../infra/synth.ts'
import { median } from '../statistics/median.ts'
import { quantile } from '../statistics/quantile.ts'

const connections = 64
const warmUpSeconds = 2
/** Before a turn is counted. */
const settleSeconds = 0.1
const cpuQuestion = 'cpu'
const path = '/reports/2000.txt'

interface Serving {
  port: number
  /** The whole request as text; the bare server is asked with the same one. */
  request: string
}

/** One answer of the edge, to be sent by the bare server. */
interface Sample {
  request: string
  /** Name, value, name, value. */
  headers: string[]
  /** Base64. */
  body: string
}

/** A server's process: says where it listens and what to ask for, and ends with its parent. */
async function serveInChild(kind: string): Promise<void> {
  process.once('disconnect', () => process.exit())
  process.on('message', (message) => message === cpuQuestion && process.send?.(process.cpuUsage()))
  if (kind === 'edge') return void process.send?.(await serveEdge())
  process.once('message', async (sample: Sample) => process.send?.(await serveBare(sample)))
}

async function serveEdge(): Promise<Serving> {
  const { config } = await loadConfig({})
  const edge = await startEdge({ template: (await synthesize(config)).template, config })
  const token = await edge.issuer.mint({ 'cognito:groups': ['analysts'] })
  return { port: Number(new URL(edge.url).port), request: requestText(`Authorization: Bearer ${token}\r\n`) }
}

/** Sends the edge's own answer, head and body, and does nothing else. */
async function serveBare({ request, headers, body }: Sample): Promise<Serving> {
  const bytes = Buffer.from(body, 'base64')
  const server = http.createServer((_request, response) => {
    response.sendDate = false
    response.writeHead(200, headers).end(bytes)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: (server.address() as AddressInfo).port, request }
}

function requestText(header: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: throughput\r\nAccept: */*\r\n${header}\r\n`
}

/** A client that does no more than find where answers end: their heads have a Content-Length. */
async function requestsPerSecond({ port, request }: Serving, seconds: number): Promise<number> {
  let answers = 0
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(port, '127.0.0.1')
    let missing = 0
    socket.on('connect', () => socket.write(request))
    socket.on('data', (data: Buffer) => {
      if (missing === 0) missing = answerLength(data)
      missing -= data.length
      if (missing > 0) return
      missing = 0
      answers++
      socket.write(request)
    })
    socket.on('error', () => {})
    return socket
  })
  await new Promise((resolve) => setTimeout(resolve, settleSeconds * 1000))
  const before = answers
  const began = performance.now()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const rate = (answers - before) / ((performance.now() - began) / 1000)
  for (const socket of sockets) socket.destroy()
  return rate
}

function answerLength(data: Buffer): number {
  const head = data.subarray(0, data.indexOf('\r\n\r\n')).toString('latin1')
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`unexpected answer: ${head.split('\r\n', 1)[0]}`)
  return head.length + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1])
}

async function start(kind: string, sample?: Sample) {
  const child = fork(import.meta.filename, ['--serve', kind], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  if (sample) child.send(sample)
  const [serving] = (await once(child, 'message')) as [Serving]
  return { child, serving }
}

/** The second answer is a hit. */
async function sampleOf({ port, request }: Serving): Promise<Sample> {
  const fields = request
    .split('\r\n')
    .slice(1, -2)
    .map((line) => line.split(': ') as [string, string])
  const ask = async () => {
    const sent = http.get({ host: '127.0.0.1', port, path, headers: Object.fromEntries(fields) })
    const [response] = (await once(sent, 'response')) as [http.IncomingMessage]
    const chunks = await response.toArray()
    // Connection and Keep-Alive are the server's own.
    const headers = response.rawHeaders.filter(
      (_, index, all) => !/^(connection|keep-alive)$/i.test(all[index & ~1] ?? ''),
    )
    return { request, headers, body: Buffer.concat(chunks).toString('base64') }
  }
  await ask()
  return ask()
}

async function cpuMicroseconds(child: ChildProcess): Promise<number> {
  child.send(cpuQuestion)
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
  return user + system
}

const middle = (values: readonly number[]) => median(values).toFixed(3)

async function measure(pairs: number, seconds: number): Promise<void> {
  const edge = await start('edge')
  const servers = { edge, bare: await start('bare', await sampleOf(edge.serving)) }
  try {
    for (const { serving } of Object.values(servers)) await requestsPerSecond(serving, warmUpSeconds)
    const ratios: number[] = []
    const cost = { edge: [] as number[], bare: [] as number[] }
    for (let pair = 0; pair < pairs; pair++) {
      const order = pair % 2 === 0 ? (['edge', 'bare'] as const) : (['bare', 'edge'] as const)
      const rate = { edge: 0, bare: 0 }
      for (const name of order) {
        const { child, serving } = servers[name]
        const before = await cpuMicroseconds(child)
        rate[name] = await requestsPerSecond(serving, seconds)
        cost[name].push(((await cpuMicroseconds(child)) - before) / (rate[name] * (seconds + settleSeconds)))
      }
      ratios.push(rate.edge / rate.bare)
      console.log(
        `edge ${rate.edge.toFixed(0)}/s  bare ${rate.bare.toFixed(0)}/s  ratio ${(rate.edge / rate.bare).toFixed(3)}`,
      )
    }
    console.log(
      `ratio: median ${middle(ratios)}, quartiles ${quantile(ratios, 0.25).toFixed(3)} and ${quantile(ratios, 0.75).toFixed(3)}; asked for: 0.41`,
    )
    console.log(`CPU time per answer, medians: edge ${middle(cost.edge)} us, bare ${middle(cost.bare)} us`)
    console.log(
      `load average ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores; well above the cores, the ratio says little`,
    )
  } finally {
    for (const { child } of Object.values(servers)) child.kill()
  }
}

const [first, second] = process.argv.slice(2)
if (first === '--serve') await serveInChild(second ?? '')
else await measure(Number(first ?? 15), Number(second ?? 1))
