import { expect, test } from 'vitest'
import type { Handler } from '../../handlers/timed/deployment.ts'
import { loadWorkload } from '../workload.ts'
import { buildCase } from './cases.ts'
import { runRounds } from './rounds.ts'

const workload = loadWorkload(256)
const plan = { block: 16, warmup: 1, rounds: 4, seed: 1 }
const allow: Handler = async (event) => event.Records[0]?.cf.request ?? { status: '400' }
const seenOnly = (): Handler => {
  const seen = new Set<string>()
  return async (event) => {
    const value = event.Records[0]?.cf.request.headers.authorization?.[0]?.value ?? ''
    if (seen.has(value)) return { status: '401' }
    seen.add(value)
    return allow(event)
  }
}

test('every measured request of every subject is counted, warm-up excluded', async () => {
  const report = await runRounds(buildCase('warm', workload), [{ id: 'allow', handler: allow, share: 1 }], plan)
  expect(report.requests).toBe(64)
  expect(Object.keys(report.subjects)).toEqual(['allow'])
})

test('a subject that allows what must be denied ends the measurement and is named', async () => {
  const run = runRounds(buildCase('forged', workload), [{ id: 'lenient', handler: allow, share: 1 }], plan)
  await expect(run).rejects.toThrow('lenient: 16 of 16 forged requests were allowed')
})

test('a warm token is never seen twice, a hot one always was', async () => {
  const warm = buildCase('warm', workload)
  await runRounds(warm, [{ id: 'once', handler: seenOnly(), share: 1 }], plan)
  const hot = buildCase('hot', workload)
  await expect(runRounds(hot, [{ id: 'once', handler: seenOnly(), share: 1 }], plan)).rejects.toThrow('once: 0 of 16')
})

test('a subject that reads cookies is given the same tokens there', async () => {
  const seen: string[] = []
  const byCookie: Handler = async (event) => {
    const { authorization, cookie } = event.Records[0]?.cf.request.headers ?? {}
    if (authorization || cookie?.length !== 1) return { status: '401' }
    seen.push(/accessToken=([^;]+)/.exec(cookie[0]?.value ?? '')?.[1] ?? '')
    return allow(event)
  }
  const subject = { id: 'cookie', handler: byCookie, share: 1, credentials: 'cookie' } as const
  for (const id of ['warm', 'hot']) {
    const entry = buildCase(id, workload)
    await runRounds(entry, [subject, { id: 'header', handler: allow, share: 1 }], plan)
    const measured = seen.splice(0).slice(entry.primer.length)
    expect(measured).toEqual(workload.valid.slice(0, measured.length).map(({ token }) => token))
  }
})

test('fresh requests that run out end the measurement instead of being used again', async () => {
  const run = runRounds(buildCase('warm', workload), [], { ...plan, rounds: 16 })
  await expect(run).rejects.toThrow('too few')
})
