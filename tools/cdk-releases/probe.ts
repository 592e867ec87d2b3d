/** Runs beside the release of aws-cdk-lib that is tried: builds what the constructs can, and throws where one of them did not do it. */
import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins'
import * as cognito from 'aws-cdk-lib/aws-cognito'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'
import { EdgeAuthorizedSite, EdgeAuthorizer } from '../../infra/index.ts'
import { signInPolicy } from '../../infra/template-of.ts'

const app = new App({ analyticsReporting: false })
const stack = (id: string, region: string) => new Stack(app, id, { env: { region } })

new EdgeAuthorizedSite(stack('Plain', 'us-east-1'), 'Site', { policy: signInPolicy })
const createUserPool = { managedLogin: true, passkeys: true, mfa: 'required', issuer: 'updated' } as const
new EdgeAuthorizedSite(stack('Elsewhere', 'eu-central-1'), 'Site', {
  policy: signInPolicy,
  site: { createUserPool, webAcl: { rateLimit: 100 }, operations: { regions: ['eu-central-1'] } },
})
const own = stack('Own', 'us-east-1')
const pool = new cognito.UserPool(own, 'Pool')
const distribution = new cloudfront.Distribution(own, 'Distribution', {
  defaultBehavior: { origin: new origins.HttpOrigin('origin.example.com') },
})
const { routes } = signInPolicy
const policy = { issuer: 'https://issuer.example.com', clientIds: [pool.addClient('Web').userPoolClientId], routes }
new EdgeAuthorizer(own, 'Authorizer', { policy }).protect(distribution)

const buckets = new Set<string>()
Aspects.of(app).add({
  visit(node: IConstruct) {
    if (CfnResource.isCfnResource(node) && node.cfnResourceType === 'AWS::S3::Bucket') buckets.add(node.node.path)
  },
})
// Release 2 of cdk-nag is an aspect; release 3 is one of the library's validations, which the project's own tests run.
Aspects.of(app).add(new AwsSolutionsChecks() as unknown as { visit(node: IConstruct): void })
const { stacks } = app.synth()

const broken = stacks
  .filter(({ stackName }) => stackName !== 'Own')
  .flatMap(({ messages }) => messages.filter(({ level }) => level === 'error'))
for (const { id, entry } of broken) throw new Error(`${id}: ${entry.data}`)
if (buckets.size !== 4) throw new Error(`an aspect of the app saw ${[...buckets].join(', ')} of four buckets`)
const functions = stacks.flatMap(({ template }) =>
  Object.values(template.Resources as Record<string, { Type: string }>).filter(
    ({ Type }) => Type === 'AWS::Lambda::Version',
  ),
)
if (functions.length !== 3) throw new Error(`${functions.length} versions of three functions`)
console.log(`${stacks.length} stacks, ${buckets.size} buckets seen by an aspect, no finding of cdk-nag 2`)
