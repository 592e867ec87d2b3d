import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { shortNames } from '../build/short-names.ts'
import type { Config } from '../config/config.ts'
import { edgeFunction } from './limits.ts'
import { synthesize, synthesizeInOneStack } from './synth.ts'

const program = 'exports.handler = async (event) => event.Records[0].cf.request'
const policy = {
  issuer: 'https://issuer.example.com',
  clientIds: ['client'],
  routes: [{ path: '/reports/*', groups: ['analysts'] }],
}

async function inlineCode(config: Config): Promise<unknown> {
  const { template } = await synthesize(config, { program })
  const handler = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')
  return (handler?.Properties?.Code as { ZipFile: unknown } | undefined)?.ZipFile
}

test('the same configuration gives the same bytes, without credentials', async () => {
  const first = await synthesize({ policy, site: { createUserPool: {} } }, { program })
  const second = await synthesize({ policy, site: { createUserPool: {} } }, { program })
  expect(await readFile(first.templateFile, 'utf8')).toBe(await readFile(second.templateFile, 'utf8'))
})

test("a created pool's id and client are references inside the inline code, and nothing else is", async () => {
  const code = (await inlineCode({ policy, site: { createUserPool: {} } })) as { 'Fn::Join': [string, unknown[]] }
  const [separator, parts] = code['Fn::Join']
  expect(separator).toBe('')
  const references = parts.filter((part) => typeof part !== 'string').map((part) => (part as { Ref: string }).Ref)
  expect(new Set(references).size).toBe(2)
  for (const reference of references) expect(reference).toMatch(/Pool[0-9A-F]{8}$|Client[0-9A-F]{8}$/)
})

test('an issuer of its own is a literal in the code', async () => {
  const code = await inlineCode({ policy })
  expect(code).toContain('"https://issuer.example.com"')
  expect(code).toContain(`"${shortNames.clientIds}":["client"]`)
})

test("an existing pool's issuer is taken from its ARN, whatever its region", async () => {
  const userPoolArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01'
  expect(await inlineCode({ policy, site: { userPoolArn } })).toContain(
    '"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01"',
  )
})

test('the largest code that is taken inline leaves the template under its megabyte', async () => {
  const site = {
    createUserPool: { callbackUrls: ['https://app.example.com/signed-in'] },
    operations: { regions: ['eu-west-1'], alarmEmail: 'operator@example.com' },
    additionalMetrics: true,
  }
  const { template, templateFile } = await synthesize({ policy, site }, { program })
  const handler = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')
  const whole = (await readFile(templateFile, 'utf8')).length
  const code = JSON.stringify(handler?.Properties?.Code).length
  expect(whole - code + edgeFunction.inlineBytes).toBeLessThan(1_000_000)
})

test('a site in another region is one stack where the local edge serves it', async () => {
  const config: Config = { policy, site: { region: 'eu-central-1' } }
  const functionsOf = ({ Resources }: { Resources: Record<string, { Type: string }> }) =>
    Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')
  expect(functionsOf((await synthesize(config, { program })).template)).toHaveLength(0)
  expect(functionsOf((await synthesizeInOneStack(config, { program })).template)).toHaveLength(1)
})
