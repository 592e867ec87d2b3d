import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parsePolicy } from '../config/config.ts'
import demoConfig from '../edgeproof.config.ts'
import { compare } from './comparison/compare.ts'
import { exampleReport } from './example-report.ts'
import { keptRun } from './history/kept-run.ts'
import { jsonSchemas } from './json-schemas.ts'
import { type Report, verdictOf } from './report.ts'

const schemas = jsonSchemas()

function validate(name: string, document: unknown): string {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false })
  return ajv.validate(JSON.parse(schemas[name] ?? ''), JSON.parse(JSON.stringify(document)))
    ? 'valid'
    : ajv.errorsText(ajv.errors)
}

test.each(Object.keys(schemas))('%s is the published one (vitest -u writes it)', async (name) => {
  await expect(schemas[name]).toMatchFileSnapshot(`schemas/${name}`)
})

test('real documents are valid, and others are not', () => {
  const report: Report = exampleReport()
  for (const result of report.results) expect(validate('result.schema.json', result)).toBe('valid')
  const whole = { schema: 'edgeproof/report@1', verdict: verdictOf(report), ...report }
  expect(validate('report.schema.json', whole)).toBe('valid')
  expect(validate('history.schema.json', keptRun(report.results))).toBe('valid')
  const again = { name: 'again', results: report.results.slice(1) }
  const comparison = compare({ name: 'a', results: report.results }, again)
  expect(validate('comparison.schema.json', comparison)).toBe('valid')
  expect(validate('result.schema.json', { ...report.results[0], verdict: 'fine' })).toContain('/verdict')
})

const root = fileURLToPath(new URL('../', import.meta.url))
const pages = globSync('{*.md,{docs,config,oracle,infra,build,fuzz,load,edge}/*.md}', { cwd: root })

/** The policies among the blocks of a page that are indented, or fenced as JSON. */
function examplePolicies(page: string): { page: string; policy: object }[] {
  const text = readFileSync(`${root}${page}`, 'utf8')
  const blocks = text.match(/^ {4}\{[\s\S]*?\n {4}\}$|(?<=^```json\n)[\s\S]*?(?=^```$)/gm) ?? []
  return blocks.flatMap((block) => {
    if (!/"(?:issuer|providers)"/.test(block)) return []
    const value = JSON.parse(block) as { policy?: object }
    return [{ page, policy: value.policy ?? value }]
  })
}

const examples = pages.flatMap(examplePolicies)

test.each(examples)('a policy on $page is one by the published schema and by the code', ({ policy }) => {
  expect(validate('policy.schema.json', policy)).toBe('valid')
  expect(validate('config.schema.json', { policy })).toBe('valid')
  expect(parsePolicy(policy)).toEqual(policy)
})

test('the pages show policies of both forms', () => {
  expect(examples.some(({ policy }) => 'issuer' in policy)).toBe(true)
  expect(examples.some(({ policy }) => 'providers' in policy)).toBe(true)
})

test('the demo is valid by the published schema of configurations', () => {
  expect(validate('config.schema.json', demoConfig)).toBe('valid')
})

test.each<[string, object, string]>([
  ['both forms at once', { issuer: 'https://a.example', clientIds: ['a'], providers: {} }, 'must match exactly one'],
  ['neither form', {}, 'must match exactly one'],
  ['a misspelt field', { issuer: 'https://a.example', clientIds: ['a'], jwksUrl: '' }, 'must NOT have additional'],
  ['a provider without tokenUse', { providers: { a: { issuer: 'a', clientIds: ['a'] } } }, '/providers/a must have'],
])('a policy with %s is invalid by the published schema', (_, fields, message) => {
  expect(validate('policy.schema.json', { ...fields, routes: [{ path: '/*' }] })).toContain(message)
})

test('an editor is told what a field means', () => {
  const { $defs } = JSON.parse(schemas['policy.schema.json'] ?? '')
  expect($defs.Policy.properties.issuer.description).toMatch(/^The accepted `iss`, compared character by character/)
  expect($defs.Policy.properties.methods.description).toMatch(/^Methods that pass/)
  expect($defs.Provider.properties.audiences.description).toMatch(/^Besides the client, `aud`/)
  expect($defs.Route.properties.hash.description).toMatch(/^The captures hold digests/)
})
