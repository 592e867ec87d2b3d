/**
 * Runs under callgrind: `counted-requests.cjs TASK.json`. Each read of `process.ppid` calls getppid(2), at which valgrind
 * closes a segment; after the warm-up each round has four: parsing, handling, bare verification, preparation of the next.
 */
import crypto from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import type { CountedReport, CountedTask } from './counted-task.ts'
import { answerCheck, eventSource, type Handler, loadHandler, quietRuntime } from './subject.ts'

const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CountedTask
const report: CountedReport = { verifications: 0, allocatedBytes: 0 }
const closeSegment = () => process.ppid
const clock = quietRuntime()
const verifyBare = bareVerification()
const verifications = countVerifications()

async function measure(): Promise<void> {
  const { warmUp, batch, rounds } = task.schedule
  const events = eventSource(task.events, task.once)
  const handler = loadHandler(task.handler, task.exported)
  const check = answerCheck(task)
  for (const text of events(warmUp)) check(await call(handler, JSON.parse(text)), text)
  const allocated: number[] = []
  for (let round = 0; round < rounds; round++) {
    const texts = events(batch)
    closeSegment()
    const parsed = texts.map((text) => JSON.parse(text) as unknown)
    const before = getHeapStatistics().used_heap_size
    verifications.count = 0
    closeSegment()
    for (const event of parsed) await call(handler, event)
    closeSegment()
    allocated.push(getHeapStatistics().used_heap_size - before)
    report.verifications = verifications.count
    closeSegment()
    for (let index = 0; index < report.verifications; index++) verifyBare()
    closeSegment()
  }
  report.allocatedBytes = Math.max(0, ...allocated.slice(-3))
}

function call(handler: Handler, event: unknown) {
  clock.tick()
  return handler(event)
}

function bareVerification(): () => void {
  const { verify } = crypto
  const key = crypto.createPublicKey(task.publicKey)
  const [header, payload, signature = ''] = task.token.split('.')
  const signed = Buffer.from(`${header}.${payload}`)
  const octets = Buffer.from(signature, 'base64url')
  return () => void verify('RSA-SHA256', signed, key, octets)
}

/** Wraps crypto.verify, the one synchronous way; the wrapper costs both sides the same few instructions. */
function countVerifications(): { count: number } {
  const seen = { count: 0 }
  const { verify } = crypto
  const counting = (...args: Parameters<typeof verify>) => {
    seen.count++
    return Reflect.apply(verify, crypto, args)
  }
  ;(crypto as { verify: unknown }).verify = counting
  return seen
}

measure()
  .catch((error: unknown) => {
    report.error = error instanceof Error ? error.message : String(error)
  })
  .finally(() => writeFileSync(task.report, JSON.stringify(report)))
