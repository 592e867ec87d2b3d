import schemaOfDraft4 from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { exampleReport } from './example-report.ts'
import { sarif } from './sarif.ts'

interface Log {
  runs: {
    automationDetails: { id: string }
    tool: { driver: { rules: { id: string; properties?: object }[] } }
    results: Finding[]
  }[]
}
interface Finding {
  ruleId: string
  ruleIndex: number
  message: { text: string }
  locations: { physicalLocation: { artifactLocation: { uri: string } } }[]
  relatedLocations: object[]
}

/**
 * The schema as Microsoft's package holds it (2.1.0-rtm.5). Of the properties written here, it and the OASIS standard's text say
 * the same. It is draft 4, whose `id` later drafts call `$id`; nothing else in it is of draft 4 alone.
 */
function validator() {
  const { $schema, id, ...schema } = schemaOfDraft4
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema)
}

const log = sarif(exampleReport().results) as Log

test('it is valid SARIF 2.1.0, with findings and without', () => {
  const validate = validator()
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true)
  expect(validate(sarif([])), JSON.stringify(validate.errors)).toBe(true)
  expect(validate({ ...log, runs: [{ tool: {} }] })).toBe(false)
})

test('each failed check of any stage is one result of its own run, with its rule', () => {
  expect(
    log.runs.map(({ automationDetails, results }) => [automationDetails.id, results.map((found) => found.ruleId)]),
  ).toEqual([
    ['edgeproof-size/', []],
    ['edgeproof-fuzz/', ['fuzz.findings', 'fuzz.finding.claims.exp']],
    ['edgeproof-bench/', []],
    ['edgeproof-gate/', ['cpu.warm']],
    ['edgeproof-load/', []],
  ])
  for (const { tool, results } of log.runs) {
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  }
})

test('a weakness carries its CWE and a score that GitHub sorts by', () => {
  const rules = log.runs.flatMap(({ tool }) => tool.driver.rules)
  expect(rules.find(({ id }) => id === 'fuzz.finding.claims.exp')?.properties).toEqual({
    tags: ['security', 'external/cwe/cwe-613'],
    'security-severity': '8.0',
  })
  expect(rules.find(({ id }) => id === 'cpu.warm')?.properties).toBeUndefined()
})

test('it points at the files that are blamed, and else at the package', () => {
  const places = log.runs.flatMap(({ results }) =>
    results.map((found) => found.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)),
  )
  expect(places).toEqual([['package.json'], ['package.json'], ['authorizer/a%20b.ts']])
  expect(log.runs[3]?.results[0]?.relatedLocations).toHaveLength(1)
  expect(log.runs[3]?.results[0]?.message.text).toBe('warm: 1.08x, allowed ≤ 1.02x.')
})
