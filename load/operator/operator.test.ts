import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { silentProgress } from '../../command/progress.ts'
import demo from '../../edgeproof.config.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { operatorManifests } from './manifests.ts'
import { mergeStage } from './merge-stage.ts'
import { operatorStage } from './operator-stage.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-operator-'))
afterAll(() => rmSync(directory, { recursive: true }))

const signal = new AbortController().signal
const context = { config: demo, configFile: '', out: directory, progress: silentProgress, signal }
const paths = join(directory, 'paths.txt')
writeFileSync(paths, '/public/a\n/public/b\n')

const read = (file: string) => JSON.parse(readFileSync(join(directory, 'k6-operator', file), 'utf8'))

describe('manifests for the k6 operator', () => {
  const crd = process.env.K6_OPERATOR_CRD
  const options = { target: 'https://d1.cloudfront.net', paths, seconds: 5, segments: 3, iMayLoadTest: 'a test' }

  it('hold the script and the plan, and the tokens in a Secret alone', async () => {
    await operatorStage(context, options)
    expect(readdirSync(join(directory, 'k6-operator')).sort()).toEqual([
      'claim.json',
      'collector.json',
      'configmap.json',
      'secret.json',
      'testrun.json',
    ])
    expect(Object.keys(read('configmap.json').data).sort()).toEqual([
      'requests.json',
      'script.ts',
      'sequence.json',
      'settings.json',
    ])
    expect(Object.keys(read('secret.json').stringData)).toEqual(['credentials.json'])
    expect(read('testrun.json').spec).toMatchObject({ parallelism: 3, script: { configMap: { file: 'script.ts' } } })
  })

  it('pin what they run in, ask for a share of a machine, and keep the results where they can be fetched', async () => {
    await operatorStage(context, { ...options, rate: 6000 })
    const { runner, initializer } = read('testrun.json').spec
    expect([runner.image, initializer.image]).toEqual(['grafana/k6:1.8.1', 'grafana/k6:1.8.1'])
    expect(runner.resources).toEqual({ requests: { cpu: '2', memory: '1512Mi' }, limits: { memory: '3024Mi' } })
    expect(runner.env).toEqual(
      expect.arrayContaining([
        { name: 'GOGC', value: '800' },
        { name: 'GOMEMLIMIT', value: '2268MiB' },
      ]),
    )
    const claim = read('claim.json')
    expect(claim.spec.accessModes).toEqual(['ReadWriteMany'])
    const claimed = ({ volumes }: { volumes: { persistentVolumeClaim?: { claimName: string } }[] }) =>
      volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
    expect([claimed(runner), claimed(read('collector.json').spec)]).toEqual([
      [claim.metadata.name],
      [claim.metadata.name],
    ])
    expect(read('collector.json').spec.containers[0].image).toMatch(/^busybox:\d+\.\d+\.\d+$/)
  })

  it('come with the steps from them to a result, which name what was written', async () => {
    const lines: string[] = []
    const progress = { ...silentProgress, log: (line: string) => void lines.push(line) }
    await operatorStage({ ...context, progress }, options)
    const steps = lines.filter((line) => /^(kubectl|npx edgeproof) /.test(line))
    expect(steps.map((step) => step.split(' ').slice(0, 3).join(' '))).toEqual([
      ...['kubectl apply -f', 'kubectl wait testrun/edgeproof-steady', 'kubectl apply -f'],
      ...['kubectl cp edgeproof-steady-collector:/results', 'npx edgeproof load', 'kubectl delete -f'],
    ])
    for (const [, file] of steps.join(' ').matchAll(/-f (\S+\.json)/g)) expect(existsSync(file ?? '')).toBe(true)
  })

  // The operator's schema is not ours to copy: a checkout of https://github.com/grafana/k6-operator, or the file in it.
  it.skipIf(!crd)(
    `agree with the operator's published schema${crd ? '' : ' (skipped: K6_OPERATOR_CRD missing)'}`,
    () => {
      const { 'testrun.json': testRun } = operatorManifests({
        name: 'x',
        parallelism: 2,
        script: '',
        files: {},
        resultsClaim: 'r',
        ratePerRunner: 100,
      })
      const file = statSync(crd ?? '').isDirectory() ? join(crd ?? '', 'config/crd/bases/k6.io_testruns.yaml') : crd
      const [version] = parse(readFileSync(file ?? '', 'utf8')).spec.versions
      expect(version.name).toBe('v1alpha1')
      expect(disagreements(testRun, version.schema.openAPIV3Schema, '')).toEqual([])
      expect(disagreements({ spec: { paralelism: 1 } }, version.schema.openAPIV3Schema, '')).toHaveLength(3)
    },
  )

  it('are refused where a cluster could not reach the target, or nobody said that it may', async () => {
    await expect(operatorStage(context, { ...options, target: 'http://127.0.0.1:80' })).rejects.toThrow(
      /is this machine, which no cluster reaches/,
    )
    const { iMayLoadTest: _, ...silent } = options
    await expect(operatorStage(context, silent)).rejects.toThrow(/^--i-may-load-test: missing\. .*load-testing\.html/)
  })

  it('are refused where Kubernetes would not take them', () => {
    const files = { 'requests.json': 'x'.repeat(1_100_000) }
    expect(() =>
      operatorManifests({ name: 'x', parallelism: 2, script: '', files, resultsClaim: 'r', ratePerRunner: 100 }),
    ).toThrow(/^configmap\.json: would have \d+ bytes and Kubernetes takes 1048576/)
  })
})

describe('merging what runners wrote', () => {
  const random = seededRandom(5).uniform
  const lines = Array.from({ length: 3000 }, (_, index) =>
    sampleLine(index, 10 ** (random() * 2), random() < 0.7 ? 'Hit' : 'Miss'),
  )

  it('gives what one runner with all the samples would, by what each says of its run', async () => {
    const noise = '{"metric":"http_reqs","type":"Point","data":{"time":"2026-01-01T00:00:00Z","value":1,"tags":{}}}'
    const files = [0, 1, 2].map((part) => {
      const file = join(directory, `runner-${part}.json.gz`)
      const own = lines.filter((_, index) => index % 3 === part)
      writeFileSync(file, gzipSync(`${noise}\n${[runLine(30), ...own].join('\n')}\n`))
      return file
    })
    const whole = join(directory, 'whole.json')
    writeFileSync(whole, `${[runLine(30), ...lines].join('\n')}\n`)
    const [one, merged] = await Promise.all([mergeStage(context, { files: [whole] }), mergeStage(context, { files })])
    expect(merged.inputs).toMatchObject({ scenario: 'steady', seconds: 30 })
    expect(merged.checks).toEqual(one.checks)
    expect(merged.data).toEqual(one.data)
    expect(one.data).toMatchObject({ measured: { by: { route: { '/users/{sub}/*': { requests: 1750 } } } } })
    // Five seconds of ramp and a quarter of 30 s are warm-up.
    expect((merged.data as { measured: { warmUpRequests: number } }).measured.warmUpRequests).toBe(1250)
    // The numbers of the iterations say when each was due, in whichever runner it was.
    expect(merged.checks.find(({ id }) => id === 'load.late.p99')).toMatchObject({ value: expect.closeTo(1, 1) })
  })

  it('refuses a file without samples, and one of another run', async () => {
    const empty = join(directory, 'empty.json')
    writeFileSync(empty, '{}\n')
    await expect(mergeStage(context, { files: [empty] })).rejects.toThrow(
      /empty\.json: holds no sample of edgeproof's script/,
    )
    const [mine, other] = [30, 60].map((seconds) => {
      const file = join(directory, `of-${seconds}.json`)
      writeFileSync(file, `${runLine(seconds)}\n${lines[0]}\n`)
      return file
    })
    await expect(mergeStage(context, { files: [mine ?? '', other ?? ''] })).rejects.toThrow(
      /of-60\.json: is of another run than .*of-30\.json/,
    )
  })
})

function runLine(seconds: number): string {
  const arrival = { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s' }
  return line('edge_run', 0, 1, {}, { run: JSON.stringify({ scenario: 'steady', seconds, arrival }) })
}

/** Due every 10 ms; every other one begun 1 ms late. */
function sampleLine(index: number, value: number, cache: string): string {
  const ended = index * 10 + (index % 2) + value
  const answer = [index, 200, 10, '/users/{sub}/*', index, ended, 0, 0, 0, ''].join('\t')
  return line('edge_request', index, value, { class: 'valid', cache, pop: 'FRA1' }, { answer })
}

function line(metric: string, index: number, value: number, tags: object, metadata: object): string {
  const time = new Date(Date.UTC(2026, 0, 1) + index * 10).toISOString()
  return JSON.stringify({ metric, type: 'Point', data: { time, value, tags, metadata } })
}

interface Schema {
  type?: string
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema | boolean
  'x-kubernetes-preserve-unknown-fields'?: boolean
}

/** Structural schemas of Kubernetes: unknown fields would be pruned in silence, so they count as well. */
function disagreements(value: unknown, schema: Schema, path: string): string[] {
  if (Array.isArray(value)) {
    if (schema.type !== 'array') return [`${path} should not be a list`]
    return value.flatMap((item, index) => disagreements(item, schema.items ?? {}, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null) {
    const types: Record<string, string> = { integer: 'number' }
    const type = schema.type ?? ''
    return typeof value === (types[type] ?? type) ? [] : [`${path} should be ${type}`]
  }
  const { properties, required = [] } = schema
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`)
  // Metadata is described by Kubernetes itself.
  if (!properties) return missing
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const own = properties[name]
    return own ? disagreements(member, own, `${path}.${name}`) : [`${path}.${name} is unknown`]
  })
  return [...missing, ...wrong]
}
