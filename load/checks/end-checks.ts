/** How a run ended, and what its end says of its other figures. */
import type { Check } from '../../result/result.ts'
import type { LoadRun } from '../load-run.ts'

export function endChecks({ ends, interrupted, measured }: LoadRun, requests = measured.counts.requests): Check[] {
  const bad = ends.find(({ code }) => code !== 0)
  if (interrupted) return [ended('the run was interrupted; what was measured until then is kept', 'inconclusive')]
  if (bad) {
    const how = bad.signal ? `was ended by ${bad.signal}` : `ended with code ${bad.code}`
    return [
      ended(`k6 ${how}; what was measured until then is kept. ${bad.said.split('\n').at(-1) ?? ''}`.trim(), 'fail'),
    ]
  }
  if (requests === 0)
    return [
      ended('no request was answered after the warm-up: is the target up, and the run long enough?', 'not-measured'),
    ]
  return []
}

function ended(detail: string, verdict: Check['verdict']): Check {
  return {
    id: 'load.end',
    title: 'the run came to its end',
    value: null,
    unit: '',
    limit: null,
    direction: 'none',
    verdict,
    detail,
  }
}

/** What an interrupted run falls short of says nothing. */
export function interruptedChecks(checks: readonly Check[]): Check[] {
  const detail = 'the run was interrupted before its end: run it again'
  return checks.map((each) => (each.verdict === 'fail' ? { ...each, verdict: 'inconclusive', detail } : each))
}
