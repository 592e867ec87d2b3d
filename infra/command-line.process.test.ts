import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cdk } from './deployment/cdk-cli.ts'
import { synthesize } from './synth.ts'
import { plainPolicy } from './template-of.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgeproof-cdk-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** No credentials, no region, and an address for AWS where nothing listens. */
const offline = { PATH: process.env.PATH, HOME: '/nonexistent', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }

async function synth(site: object): Promise<string> {
  const file = join(directory, 'site.json')
  await writeFile(file, JSON.stringify({ policy: plainPolicy, ...site }))
  const output = join(directory, 'cdk.out')
  await cdk({ environment: offline }, 'synth', '--quiet', '--output', output, '--context', `config=${file}`)
  return output
}

test('`cdk synth` writes, offline, the very bytes that everything here is tested with', {
  timeout: 120_000,
}, async () => {
  const site = { createUserPool: {} }
  const output = await synth({ site })
  const { templateFile } = await synthesize({ policy: plainPolicy, site }, { outdir: join(directory, 'here') })
  expect(await readFile(join(output, 'EdgeproofSite.template.json'), 'utf8')).toBe(await readFile(templateFile, 'utf8'))
})

test('`cdk synth` says in one line what is wrong with a configuration, and writes no template', {
  timeout: 120_000,
}, async () => {
  const refusal = synth({ site: { userPoolArn: 'eu-west-1_EXAMPLE01' } })
  await expect(refusal).rejects.toThrow(/^edgeproof: .*site\.json: site\.userPoolArn: should be a user pool ARN/m)
  await expect(refusal).rejects.not.toThrow(/\n\s+at /)
  const written = await readdir(join(directory, 'cdk.out')).catch(() => [])
  expect(written.filter((name) => name.includes('template'))).toEqual([])
})
