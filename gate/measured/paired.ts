/**
 * One sample of the CPU-time comparison: `paired.cjs TASK.json REPORT.json`. Loads both programs, warms both up on the same
 * requests, and lets them take turns in blocks of four batches, ABBA and BAAB in turn, so that a drift of the machine over
 * a block adds the same to both. Each batch parses its own copy of the events beforehand; the heap is collected between
 * blocks. All of that several times with new instances of both: where V8 puts a program's code and objects is decided
 * once for an instance and moves its time by some per cent, so that the mean over instances is steadier than more blocks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { median } from '../../statistics/median.ts'
import type { RequestSuite } from '../suites.ts'
import type { PairedReport, PairedTask } from './paired-task.ts'
import { eventSource, expectAnswer, type Handler, loadHandler, quietRuntime } from './subject.ts'

type SideName = 'base' | 'head'
const abba: readonly SideName[] = ['base', 'head', 'head', 'base']
const baab: readonly SideName[] = ['head', 'base', 'base', 'head']

const [taskFile = '', reportFile = ''] = process.argv.slice(2)
const task = JSON.parse(readFileSync(taskFile, 'utf8')) as PairedTask
const report: PairedReport = { logRatios: {}, baseMicroseconds: {} }
const clock = quietRuntime()
const { startsWithBase } = task
const collect = (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc ?? (() => {})

async function measureSuite({
  suite,
  base,
  head,
  events,
  once,
  expect,
  schedule,
  copies,
}: PairedTask['suites'][number]) {
  const next = eventSource(events, once)
  const ratios: number[] = []
  const baseTimes: number[] = []
  for (let copy = 0; copy < copies; copy++) {
    const handlers = loadBoth(base, head, (copy % 2 === 0) === startsWithBase)
    for (const [index, text] of next(schedule.warmUp).entries()) {
      for (const name of index % 2 === 0 ? abba.slice(0, 2) : baab.slice(0, 2)) {
        await checkAnswer(name, suite, expect, handlers[name], text)
      }
    }
    const blocks = await timeBlocks(handlers, () => next(schedule.batch), schedule.rounds)
    ratios.push(median(blocks.map(({ head, base }) => Math.log(head / base))))
    baseTimes.push(...blocks.map(({ base }) => base / (2 * schedule.batch)))
  }
  report.logRatios[suite] = ratios.reduce((sum, ratio) => sum + ratio, 0) / copies
  report.baseMicroseconds[suite] = median(baseTimes)
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
  if (baseFirst) return { base: loadHandler(base), head: loadHandler(head) }
  const second = loadHandler(head)
  return { base: loadHandler(base), head: second }
}

/** Throws where a side does not answer as it has to, naming the side. */
async function checkAnswer(
  name: SideName,
  suite: RequestSuite,
  expected: 'allow' | 'deny',
  handler: Handler,
  text: string,
) {
  clock.tick()
  try {
    expectAnswer(await handler(JSON.parse(text)), expected, text)
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
