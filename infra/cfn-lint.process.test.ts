import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { SiteConfig } from '../config/site-schema.ts'
import { pythonTools, skipNote } from './deployment/python-tools.ts'
import { synthesize } from './synth.ts'
import { signInPolicy } from './template-of.ts'

const sites: Record<string, SiteConfig> = {
  plainest: {},
  fullest: {
    createUserPool: { callbackUrls: ['https://app.example.com/signed-in'] },
    operations: { regions: ['eu-west-1'], alarmEmail: 'operator@example.com' },
    domain: {
      names: ['files.example.com'],
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f',
      minimumTls: 'TLSv1.3_2025',
    },
    webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f',
    cacheKey: { queryStrings: ['width'] },
    additionalMetrics: true,
  },
  elsewhere: {
    region: 'eu-central-1',
    createUserPool: {
      managedLogin: true,
      passkeys: true,
      mfa: 'required',
      issuer: 'updated',
      customAttributes: ['tenant'],
      writableAttributes: ['locale', 'name'],
      webAcl: { rateLimit: 100 },
    },
    webAcl: { rateLimit: 2000 },
    operations: { regions: ['eu-central-1'] },
  },
}
const skip = skipNote('cfn-lint')

test.skipIf(skip !== '')(`cfn-lint finds nothing to say${skip}`, { timeout: 120_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edgeproof-lint-'))
  try {
    const policy = { ...signInPolicy, corsPreflight: true, corsOrigins: ['https://app.example.com'] }
    for (const [name, site] of Object.entries(sites)) {
      await synthesize({ policy, site }, { outdir: join(directory, name) })
    }
    const templates = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.template.json'))
    expect(templates).toHaveLength(12)
    expect(await lint(...templates.map((name) => join(directory, name)))).toBe('')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

/** All that it prints; it exits with a code of its own where it finds something. */
async function lint(...parameters: string[]): Promise<string> {
  const run = promisify(execFile)(join(pythonTools, 'cfn-lint'), parameters)
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error)
  return stdout + stderr
}
