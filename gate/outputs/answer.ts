/** The gate's answer in a line for each thing that it is about: what is slower or larger, by how much, and in which files. */
import * as z from 'zod'
import type { Check, Result, Verdict } from '../../result/result.ts'

const dataSchema = z.object({
  sides: z.object({
    base: z.object({ name: z.string(), commit: z.string() }),
    head: z.object({ name: z.string(), commit: z.string() }),
  }),
  blame: z.array(z.string()),
  /** Check id to head/base less 1; older results have none. */
  growth: z.record(z.string(), z.number()).optional(),
})

/** What a gate's result holds beside its checks. */
export function gateData({ data }: Result): z.infer<typeof dataSchema> {
  return dataSchema.parse(data)
}

/** Without markup. `warm: +41 % instructions, +12 % CPU time`, the worst first; where nothing failed, a line that says so. */
export function answerLines(result: Result): string[] {
  const { growth = {} } = gateData(result)
  const bySubject = new Map<string, { text: string[]; most: number }>()
  for (const { id, verdict } of result.checks) {
    if (verdict !== 'fail') continue
    const [method = '', suite = ''] = id.split('.')
    const subject = method === 'size' ? 'bytes' : suite
    const entry = bySubject.get(subject) ?? { text: [], most: 0 }
    const by = growth[id] ?? 0
    entry.text.push(`${percent(by)} ${method === 'size' ? sizeWords[suite] : measureWords[method]}`)
    entry.most = Math.max(entry.most, by)
    bySubject.set(subject, entry)
  }
  const failed = [...bySubject].sort(([, a], [, b]) => b.most - a.most)
  if (failed.length > 0) return failed.map(([subject, { text }]) => `${subject}: ${text.join(', ')}`)
  return [openLine(result.checks) ?? 'no slower and no larger than the limits allow']
}

function openLine(checks: readonly Check[]): string | undefined {
  const of = (wanted: Verdict) => checks.filter(({ verdict }) => verdict === wanted).map(({ id }) => id)
  const [open, missing] = [of('inconclusive'), of('not-measured')]
  if (open.length > 0)
    return `nothing failed, and ${open.join(', ')} could not be decided: raise --budget, or close other work`
  if (missing.length > 0) return `nothing failed, and ${missing.join(', ')} was not measured`
  return undefined
}

const sizeWords: Readonly<Record<string, string>> = { raw: 'minified', gzip: 'gzip', brotli: 'brotli' }
const measureWords: Readonly<Record<string, string>> = { instructions: 'instructions', cpu: 'CPU time' }

function percent(growth: number): string {
  const value = growth * 100
  const digits = Math.abs(value) < 10 ? 1 : 0
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)} %`
}

const urgency: readonly Verdict[] = ['fail', 'inconclusive', 'not-measured', 'pass']

/** What failed first, figures without a limit last. */
export function byUrgency(checks: readonly Check[]): Check[] {
  const rank = ({ verdict, direction }: Check) =>
    verdict === 'pass' && direction === 'none' ? urgency.length : urgency.indexOf(verdict)
  return checks.toSorted((a, b) => rank(a) - rank(b))
}
