/** An application of a user's as the package is tried in: the same TypeScript for every module system. */

/** What it prints: its Aspects must see the buckets of the site, which they do not where two copies of aws-cdk-lib are loaded. */
export const bothBuckets = 'aspects saw 2 buckets of 2'

export const application = `import { App, Aspects, Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { checkPolicy, createAuthorizer, type Policy, UsageError } from 'edgeproof'
import { createAuthorizer as createSmall, type Decision } from 'edgeproof/authorizer'
import { EdgeAuthorizedSite } from 'edgeproof/infra'

const policy: Policy = { issuer: 'https://issuer.example', clientIds: ['client'], routes: [{ path: '/*', public: true }] }
const request = { method: 'GET', uri: '/a', querystring: '', headers: {}, clientIp: '192.0.2.1' }
const decisions: Decision[] = []
async function decide(): Promise<void> {
  for (const { authorize } of [createAuthorizer(policy), createSmall(checkPolicy(policy))]) decisions.push(await authorize(request))
  if (decisions.some(({ allow }) => !allow)) throw new UsageError('a public path is denied')
  // @ts-expect-error: a policy that nobody has checked
  void (() => createSmall(policy))
}

const app = new App({ analyticsReporting: false })
const stack = new Stack(app, 'Files', { env: { region: 'us-east-1' } })
new EdgeAuthorizedSite(stack, 'Site', { policy })
let seen = 0
Aspects.of(app).add({
  visit(construct) {
    if (construct instanceof Bucket) seen++
  },
})
const { Resources } = app.synth().getStackByName('Files').template as { Resources: Record<string, { Type: string }> }
const buckets = Object.values(Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket')
decide().then(() => console.log(\`aspects saw \${seen} buckets of \${buckets.length}\`))
`

const strict = { strict: true, target: 'es2022', skipLibCheck: true, types: ['node'] }

/** The first is what ts-node takes by default, without any leniency, so that our own declarations are checked as well. */
export const tsconfigs = [
  { name: 'commonjs', type: 'commonjs', compilerOptions: { ...strict, module: 'commonjs', skipLibCheck: false } },
  { name: 'node16, require', type: 'commonjs', compilerOptions: { ...strict, module: 'node16' } },
  { name: 'node16, import', type: 'module', compilerOptions: { ...strict, module: 'node16' } },
  { name: 'nodenext, require', type: 'commonjs', compilerOptions: { ...strict, module: 'nodenext' } },
  { name: 'nodenext, import', type: 'module', compilerOptions: { ...strict, module: 'nodenext' } },
] as const
