import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import demo from '../../edgeproof.config.ts'
import { pythonTools } from '../../infra/deployment/python-tools.ts'
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

describe('manifests for the k6 operator', () => {
  const crd = process.env.K6_OPERATOR_CRD
  const options = { target: 'https://d1.cloudfront.net', paths, seconds: 5, segments: 3, iMayLoadTest: 'a test' }

  it('hold the script and the plan, and the tokens in a Secret alone', async () => {
    await operatorStage(context, options)
    const read = (file: string) => JSON.parse(readFileSync(join(directory, 'k6-operator', file), 'utf8'))
    expect(readdirSync(join(directory, 'k6-operator')).sort()).toEqual([
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

  // The operator's schema is not ours to copy: config/crd/bases/k6.io_testruns.yaml of the release in use.
  it.skipIf(!crd)(
    `agree with the operator's published schema${crd ? '' : ' (skipped: K6_OPERATOR_CRD missing)'}`,
    async () => {
      const { 'testrun.json': testRun } = operatorManifests({
        name: 'x',
        parallelism: 2,
        script: '',
        files: {},
        resultsClaim: 'r',
      })
      const yaml = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))'
      const text = execFileSync(join(pythonTools, 'python3'), ['-c', yaml, crd ?? ''], {
        encoding: 'utf8',
        maxBuffer: 1e8,
      })
      const [version] = JSON.parse(text).spec.versions
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
    expect(() => operatorManifests({ name: 'x', parallelism: 2, script: '', files, resultsClaim: 'r' })).toThrow(
      /^configmap\.json: would have \d+ bytes and Kubernetes takes 1048576/,
    )
  })
})

describe('merging what runners wrote', () => {
  const random = seededRandom(5).uniform
  const lines = Array.from({ length: 3000 }, (_, index) =>
    sampleLine(index, 10 ** (random() * 3), random() < 0.7 ? 'Hit' : 'Miss'),
  )

  it('gives what one runner with all the samples would', async () => {
    const noise = '{"metric":"http_reqs","type":"Point","data":{"time":"2026-01-01T00:00:00Z","value":1,"tags":{}}}'
    const files = [0, 1, 2].map((part) => {
      const file = join(directory, `runner-${part}.json.gz`)
      const own = lines.filter((_, index) => index % 3 === part)
      writeFileSync(file, gzipSync(`${noise}\n${own.join('\n')}\n`))
      return file
    })
    const whole = join(directory, 'whole.json')
    writeFileSync(whole, `${lines.join('\n')}\n`)
    const options = { scenario: 'steady', seconds: 30 }
    const [one, merged] = await Promise.all([
      mergeStage(context, { ...options, files: [whole] }),
      mergeStage(context, { ...options, files }),
    ])
    expect(merged.checks).toEqual(one.checks)
    expect(merged.data).toEqual(one.data)
    expect(one.data).toMatchObject({ measured: { by: { route: { '/users/{sub}/*': { requests: 1750 } } } } })
    // Five seconds of ramp and a quarter of 30 s are warm-up.
    expect((merged.data as { measured: { warmUpRequests: number } }).measured.warmUpRequests).toBe(1250)
  })

  it('refuses a file without samples', async () => {
    const empty = join(directory, 'empty.json')
    writeFileSync(empty, '{}\n')
    await expect(mergeStage(context, { files: [empty] })).rejects.toThrow(
      /empty\.json: holds no sample of edgeproof's script/,
    )
  })
})

function sampleLine(index: number, value: number, cache: string): string {
  const time = new Date(Date.UTC(2026, 0, 1) + index * 10).toISOString()
  const tags = { class: 'valid', cache, pop: 'FRA1' }
  const metadata = { answer: `${index}\t200\t10\t/users/{sub}/*\t` }
  return JSON.stringify({ metric: 'edge_request', type: 'Point', data: { time, value, tags, metadata } })
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
