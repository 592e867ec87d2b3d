import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type Stack, Validations } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterEach, expect, test, vi } from 'vitest'
import cdkJson from '../cdk.json' with { type: 'json' }
import type { SiteConfig } from '../config/site-schema.ts'
import { buildSite } from './site-app.ts'
import { signInPolicy } from './template-of.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-rules-'))
const exitCode = process.exitCode

afterEach(() => {
  // The library prints its report and sets the exit code of the whole process.
  process.exitCode = exitCode
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

/** Findings of cdk-nag's AwsSolutions rules as `rule at path`, warnings included, beyond those that are acknowledged. */
async function findings(site: SiteConfig, spoil: (stack: Stack) => void = () => {}): Promise<string[]> {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const app = new App({ outdir: directory, analyticsReporting: false, context: cdkJson.context })
  spoil(await buildSite(app, { policy: signInPolicy, site }))
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  try {
    app.synth()
  } catch (error) {
    if ((error as Error).name !== 'ValidationFailed') throw error
  }
  const report: Report = JSON.parse(await readFile(join(directory, 'validation-report.json'), 'utf8'))
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  )
}

interface Report {
  pluginReports: {
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[]
  }[]
}

test('the plainest site breaks no rule without a reason', async () => {
  expect(await findings({})).toEqual([])
})

test('a site with users, operations and a domain of its own breaks no rule without a reason', async () => {
  expect(
    await findings({
      createUserPool: { groups: ['analysts'] },
      operations: { regions: ['eu-west-1'], alarmEmail: 'operator@example.com' },
      domain: {
        names: ['files.example.com'],
        certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0f0f0f0f',
      },
      webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/0f0f0f0f',
    }),
  ).toEqual([])
})

test('a site in another region with web ACLs breaks no rule without a reason', async () => {
  expect(
    await findings({
      region: 'eu-central-1',
      createUserPool: { managedLogin: true, passkeys: true, mfa: 'required', webAcl: { rateLimit: 100 } },
      webAcl: { rateLimit: 2000 },
      operations: { regions: ['eu-central-1'] },
    }),
  ).toEqual([])
})

test('the rules bite: an open bucket is found', async () => {
  const spoiled = await findings({}, (stack) => void new s3.Bucket(stack, 'Open'))
  expect(spoiled).toEqual([
    'AwsSolutions-S1 at EdgeproofSite/Open/Resource',
    'AwsSolutions-S10 at EdgeproofSite/Open/Resource',
  ])
})
