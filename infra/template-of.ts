import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import type { Policy } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { synthesize } from './synth.ts'

/** For tests that are about the infrastructure and not about what the function does. */
export const trivialProgram = 'exports.handler = async (event) => event.Records[0].cf.request'

export const plainPolicy = {
  issuer: 'https://issuer.example.com',
  clientIds: ['client'],
  routes: [{ path: '/reports/*', groups: ['analysts'] }, { path: '/groups/{group}/*' }],
} satisfies Policy

/** The same with sign-in; a pool that the site makes puts its own client and endpoints there. */
export const signInPolicy = {
  ...plainPolicy,
  routes: [{ path: '/bye.html', public: true }, ...plainPolicy.routes],
  signIn: {
    client: 'client',
    endpoints: { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' },
    afterSignOut: '/bye.html',
    secret: { ssmParameter: 'arn:aws:ssm:eu-central-1:111122223333:parameter/files/sign-in' },
  },
} satisfies Policy

/** The site's template, ready for assertions; nothing stays on disk. */
export async function templateOf(
  site: SiteConfig = {},
  policy: Policy = plainPolicy,
  context: Record<string, string> = {},
): Promise<Template> {
  const outdir = await mkdtemp(join(tmpdir(), 'edgeproof-template-'))
  try {
    const { template } = await synthesize({ policy, site }, { outdir, program: trivialProgram, context })
    return Template.fromJSON(template)
  } finally {
    await rm(outdir, { recursive: true, force: true })
  }
}
