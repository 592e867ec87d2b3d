/**
 * One sample of the CPU-time comparison: `paired.cjs TASK.json REPORT.json`. Loads both programs, warms both up on the same
 * requests, and lets them take turns in blocks of four batches, ABBA and BAAB in turn, so that a drift of the machine over
 * a block adds the same to both. Each batch parses its own copy of the events beforehand; the heap is collected between
 * blocks. All of that several times with new instances of both: where V8 puts a program's code and objects is decided
 * once for an instance and moves its time by some per cent, so that the mean over instances is steadier than more blocks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { median } from '../../statistics/median.ts'
import type { Schedule } from '../suites.ts'
import type { PairedReport, PairedTask } from './paired-task.ts'
import { answerCheck, eventSource, type Handler, loadHandler, quietRuntime } from './subject.ts'

type SideName = 'base' | 'head'
const abba: readonly SideName[] = ['base', 'head', 'head', 'base']
const baab: readonly SideName[] = ['head', 'base', 'base', 'head']

const [taskFile = '', reportFile = ''] = process.argv.slice(2)
const task = JSON.parse(readFileSync(taskFile, 'utf8')) as PairedTask
const report: PairedReport = { logRatios: {}, baseMicroseconds: {} }
const clock = quietRuntime()
const { startsWithBase, exported } = task
const collect = (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc ?? (() => {})

async function measureSuite({
  suite,
  base,
  head,
  schedule: planned,
  copies,
  ...requests
}: PairedTask['suites'][number]) {
  const { events, once, expect } = requests
  const check = answerCheck(requests)
  const next = eventSource(events, once)
  const schedule = expect === 'answer' ? await shortened(planned, base, next) : planned
  const ratios: number[] = []
  const baseTimes: number[] = []
  for (let copy = 0; copy < copies; copy++) {
    const handlers = loadBoth(base, head, (copy % 2 === 0) === startsWithBase)
    for (const [index, text] of next(schedule.warmUp).entries()) {
      for (const name of index % 2 === 0 ? abba.slice(0, 2) : baab.slice(0, 2)) {
        await checkAnswer(name, suite, check, handlers[name], text)
      }
    }
    const blocks = await timeBlocks(handlers, () => next(schedule.batch), schedule.rounds)
    ratios.push(median(blocks.map(({ head, base }) => Math.log(head / base))))
    baseTimes.push(...blocks.map(({ base }) => base / (2 * schedule.batch)))
  }
  report.logRatios[suite] = ratios.reduce((sum, ratio) => sum + ratio, 0) / copies
  report.baseMicroseconds[suite] = median(baseTimes)
}

/** A batch of half a millisecond is enough: nobody knows beforehand how long a call of a user's function takes. */
async function shortened(schedule: Schedule, file: string, next: (count: number) => string[]): Promise<Schedule> {
  const handler = loadHandler(file, exported)
  const calls = 32
  const call = async (text: string) => handler(JSON.parse(text))
  for (const text of next(calls)) await call(text)
  const { user, system } = process.cpuUsage()
  for (const text of next(calls)) await call(text)
  const spent = process.cpuUsage({ user, system })
  const microseconds = Math.max(1, (spent.user + spent.system) / calls)
  return {
    warmUp: Math.min(schedule.warmUp, Math.max(32, Math.ceil(50_000 / microseconds))),
    batch: Math.min(schedule.batch, Math.max(2, Math.ceil(500 / microseconds))),
    rounds: schedule.rounds,
  }
}

/** CPU time of each side in microseconds, block by block. */
async function timeBlocks(handlers: Record<SideName, Handler>, next: () => string[], rounds: number) {
  const blocks: Record<SideName, number>[] = []
  for (let round = 0; round < rounds; round++) {
    const order = (round % 2 === 0) === startsWithBase ? abba : baab
    const halves = [next(), next()]
    const batches = order.map((name, index) => ({
      name,
      parsed: halves[index >> 1]?.map((text) => JSON.parse(text) as unknown) ?? [],
    }))
    collect({ type: 'minor' })
    const spent = { base: 0, head: 0 }
    for (const { name, parsed } of batches) spent[name] += await timeBatch[name](handlers[name], parsed)
    blocks.push(spent)
  }
  return blocks
}

/** New instances of both, one after the other: what is loaded second finds V8 and Node as the first has left them. */
function loadBoth(base: string, head: string, baseFirst: boolean): Record<SideName, Handler> {
  if (baseFirst) return { base: loadHandler(base, exported), head: loadHandler(head, exported) }
  const second = loadHandler(head, exported)
  return { base: loadHandler(base, exported), head: second }
}

/** Throws where a side does not answer as it has to, naming the side. */
async function checkAnswer(
  name: SideName,
  suite: string,
  check: ReturnType<typeof answerCheck>,
  handler: Handler,
  text: string,
) {
  clock.tick()
  try {
    check(await handler(JSON.parse(text)), text)
  } catch (error) {
    throw new Error(`${name}: ${suite}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Two loops of the same text, so that neither side's calls are inlined or made megamorphic by the other's. */
const timeBatch: Record<SideName, (handler: Handler, parsed: unknown[]) => Promise<number>> = {
  base: makeTimer(),
  head: makeTimer(),
}

/** CPU time of the whole process in microseconds: with --single-threaded all of V8's work is in this thread. */
function makeTimer(): (handler: Handler, parsed: unknown[]) => Promise<number> {
  return new Function(
    'process',
    'clock',
    `return async (handler, parsed) => {
      const before = process.cpuUsage()
      for (const event of parsed) {
        clock.tick()
        await handler(event)
      }
      const { user, system } = process.cpuUsage(before)
      return user + system
    }`,
  )(process, clock) as (handler: Handler, parsed: unknown[]) => Promise<number>
}

async function main(): Promise<void> {
  for (const suite of task.suites) await measureSuite(suite)
}

main()
  .catch((error: unknown) => {
    report.error = error instanceof Error ? error.message : String(error)
  })
  .finally(() => writeFileSync(reportFile, JSON.stringify(report)))
