/** For tests: a report with every verdict, awkward texts, a missing stage and a trend. */
import { environment } from '../result/environment.ts'
import { type Check, check, type Result, worst } from '../result/result.ts'
import type { Report } from './report.ts'

export function exampleResult(command: string, checks: Check[], fields: Partial<Result> = {}): Result {
  return {
    schema: `edgeproof/${command}@1`,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 1500,
    environment: environment(),
    inputs: {},
    checks,
    verdict: worst(checks.map(({ verdict }) => verdict)),
    ...fields,
  }
}

const plain = { limit: null, direction: 'none' } as const

export function exampleReport(): Report {
  return {
    results: [
      exampleResult('size', [
        check({
          id: 'size.gzip',
          title: 'authorizer, gzip -9',
          value: 5100,
          unit: 'B',
          limit: 6144,
          direction: 'lower',
        }),
        check({ id: 'size.package.(bundler)', title: 'of which (bundler)', value: 14, unit: 'B', ...plain }),
      ]),
      exampleResult('fuzz', [
        check({ id: 'fuzz.findings', title: 'findings', value: 1, unit: 'count', limit: 0, direction: 'lower' }),
        check({
          id: 'fuzz.finding.claims.exp',
          title: 'high claims: a <token> "without" exp & a \\ back\nslash',
          value: 1,
          unit: 'count',
          limit: 0,
          direction: 'lower',
          weakness: { severity: 'high', cwe: 'CWE-613' },
          detail: 'CWE-613; allowed | denied',
        }),
      ]),
      exampleResult('bench', [
        check({
          id: 'bench.warm.floor',
          title: 'warm: to one crypto.verify',
          value: 1.41,
          unit: '1',
          limit: 1.5,
          direction: 'lower',
          interval: { low: 1.33, high: 1.49, level: 0.95 },
          samples: [1.4, 1.42],
        }),
      ]),
      exampleResult(
        'gate',
        [
          check({ id: 'cpu.warm', title: 'warm', value: 1.08, unit: '1', limit: 1.02, direction: 'lower' }),
          { ...check({ id: 'cpu.hot', title: 'hot', value: 1.01, unit: '1', ...plain }), verdict: 'inconclusive' },
          check({
            id: 'instructions',
            title: 'valgrind is not installed',
            value: null,
            unit: 'instructions',
            ...plain,
          }),
        ],
        { data: { blame: ['authorizer/a b.ts', 'authorizer/claims.ts'] } },
      ),
      exampleResult('load', [
        check({ id: 'load.hit-ratio', title: 'cache hits', value: 99.9, unit: '%', limit: 95, direction: 'higher' }),
        check({ id: 'load.allowed.p99', title: 'p99', value: 3.1, unit: 'ms', limit: 100, direction: 'lower' }),
        check({ id: 'load.rate', title: 'requests per second', value: 400.5, unit: '1/s', ...plain }),
      ]),
    ],
    missing: [{ command: 'build', reason: 'no build.json' }],
    trends: [
      {
        command: 'bench',
        id: 'bench.warm.floor',
        title: 'warm: to one crypto.verify',
        unit: '1',
        direction: 'lower',
        limit: 1.5,
        conditions: '2 x cpu, linux/x64',
        points: [
          { run: 'a', startedAt: '2026-01-01T03:04:05.000Z', commit: null, value: 1.2, verdict: 'pass' },
          {
            run: 'b',
            startedAt: '2026-01-02T03:04:05.000Z',
            commit: 'abc-dirty',
            value: 1.41,
            verdict: 'pass',
            interval: { low: 1.33, high: 1.49, level: 0.95 },
          },
        ],
        changePoints: [{ at: 1, before: 1.2, after: 1.41, pValue: 0.001, worse: true }],
        unsaid: null,
      },
    ],
  }
}
