import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
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
