import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { denialReasons } from './denial-reasons.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-denials-'))
afterAll(() => rmSync(directory, { recursive: true }))

it('adds up what each line stands for, and says how many denials no line stands for', () => {
  const file = join(directory, 'function.log')
  const denied = (reason: string, count: number) => JSON.stringify({ edgeproof: 'denied', reason, count })
  writeFileSync(file, `${[denied('uri', 1), 'not ours', denied('expired', 3), 'null', denied('uri', 4)].join('\n')}\n`)
  expect(denialReasons(file, 10)).toEqual([
    { reason: 'uri', count: 5 },
    { reason: 'expired', count: 3 },
    { reason: 'unlogged', count: 2 },
  ])
  expect(denialReasons(file, 8)).toHaveLength(2)
})

it('knows no reason where the function printed nothing', () => {
  expect(denialReasons(join(directory, 'absent.log'), 3)).toEqual([{ reason: 'unlogged', count: 3 }])
})
