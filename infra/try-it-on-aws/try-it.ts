/**
 * Deploys a site to an AWS account of yours, asks it what `checks.ts` lists, signs in and out, and takes it down again. It has not been
 * run by those who wrote it: they have no account. Run it once, and keep what it writes.
 *
 * It takes about 40 minutes, most of them CloudFront's, and costs well under 5 US dollars: one distribution, a few hundred requests, one
 * user. Usage: node infra/try-it-on-aws/try-it.ts --yes [--region eu-central-1]; it needs credentials that may bootstrap and deploy (infra/README.md,
 * "Permissions"), the AWS CLI and curl. Exit code 0: all held and is gone; 1: a check failed; 2: it could not be tried.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { reportFailure } from '../../command/run-stage.ts'
import { UsageError } from '../../config/usage-error.ts'
import { type AwsCli, awsCli } from '../aws-cli.ts'
import { cdk } from '../deployment/cdk-cli.ts'
import { checks } from './checks.ts'
import { faults } from './curl.ts'
import { signInAndOut } from './sign-in.ts'
import { stackName, triedSite } from './tried-site.ts'

const person = { name: 'reader@example.com', password: `Try-it-${crypto.randomUUID()}` }

interface Outputs {
  DistributionDomain: string
  BucketName: string
  Issuer: string
  ClientId: string
  FunctionName: string
}

const directory = join('results', 'try-it-on-aws')
const environment = process.env

function say(line: string): void {
  console.log(line)
  appendFileSync(join(directory, 'log.txt'), `${new Date().toISOString()} ${line}\n`)
}

async function deploy(region: string, account: string): Promise<Outputs> {
  const [configFile, outputsFile] = [join(directory, 'site.json'), join(directory, 'outputs.json')]
  writeFileSync(configFile, JSON.stringify(triedSite(region)))
  say('bootstrapping, which changes nothing where it was done before')
  const places = [...new Set([region, 'us-east-1'])].map((place) => `aws://${account}/${place}`)
  say(await cdk({ environment, directory }, 'bootstrap', ...places))
  say('deploying; CloudFront takes some minutes')
  const written = ['--context', `config=${configFile}`, '--require-approval', 'never', '--outputs-file', outputsFile]
  say(await cdk({ environment }, 'deploy', '--all', ...written))
  return JSON.parse(readFileSync(outputsFile, 'utf8'))[stackName]
}

/** The reader, his token, and one object for each path that is there. */
async function fill(aws: AwsCli, { BucketName, Issuer, ClientId }: Outputs) {
  const pool = ['--user-pool-id', Issuer.split('/').at(-1) ?? '']
  const user = [...pool, '--username', person.name]
  await aws('cognito-idp', 'admin-create-user', ...user, '--message-action', 'SUPPRESS')
  await aws('cognito-idp', 'admin-set-user-password', ...user, '--password', person.password, '--permanent')
  await aws('cognito-idp', 'admin-add-user-to-group', ...user, '--group-name', 'blue')
  const flow = ['--auth-flow', 'ADMIN_USER_PASSWORD_AUTH', '--client-id', ClientId]
  const secret = ['--auth-parameters', JSON.stringify({ USERNAME: person.name, PASSWORD: person.password })]
  const answer = await aws('cognito-idp', 'admin-initiate-auth', ...pool, ...flow, ...secret)
  const { AccessToken: token } = (answer as { AuthenticationResult: { AccessToken: string } }).AuthenticationResult
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const objects = {
    'public/hello.txt': 'hello',
    'bye.html': '<!doctype html><title>Bye</title>You are signed out.',
    'groups/blue/plan.txt': 'blue',
    'groups/green/plan.txt': 'green',
    'reports/year.txt': 'report',
    [`users/${sub}/note.txt`]: 'note',
    'users/somebody/note.txt': 'note',
  }
  const file = join(directory, 'object')
  for (const [key, text] of Object.entries(objects)) {
    writeFileSync(file, text)
    const type = key.endsWith('.html') ? 'text/html' : 'text/plain'
    await aws('s3api', 'put-object', '--bucket', BucketName, '--key', key, '--body', file, '--content-type', type)
  }
  return { token, sub: String(sub) }
}

async function ask(outputs: Outputs, subject: { token: string; sub: string }, loginHost: string): Promise<number> {
  const base = `https://${outputs.DistributionDomain}`
  let failed = 0
  const tell = (title: string, found: readonly string[]) => {
    if (found.length > 0) failed++
    say(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${title}${found.map((fault) => `; ${fault}`).join('')}`)
  }
  for (const check of checks) tell(check.title, await faults(check, { base, loginHost, ...subject }))
  tell('signing in and out', await signInAndOut({ base, path: '/groups/blue/plan.txt', directory }, person))
  const plain = await faults(
    { title: '', path: '/public/hello.txt', status: 301 },
    { base: base.replace('https', 'http'), loginHost, ...subject },
  )
  tell('http is sent to https', plain)
  const bucket = `https://${outputs.BucketName}.s3.amazonaws.com`
  const around = await faults(
    { title: '', path: '/public/hello.txt', status: 403 },
    { base: bucket, loginHost, ...subject, curl: ['--location'] },
  )
  tell('the bucket itself answers nobody', around)
  return failed
}

/** The stacks, then what they keep: buckets and pool. The function goes hours later. */
async function takeDown(aws: AwsCli, region: string, outputs: Outputs | undefined): Promise<void> {
  const kept = await Promise.all(
    [stackName, `${stackName}-users`].map((stack) =>
      aws('cloudformation', 'list-stack-resources', '--stack-name', stack).catch(() => ({
        StackResourceSummaries: [],
      })),
    ),
  )
  say('destroying')
  const context = ['--context', `config=${join(directory, 'site.json')}`]
  say(await cdk({ environment }, 'destroy', '--all', '--force', ...context))
  type Summaries = { StackResourceSummaries: { ResourceType: string; PhysicalResourceId: string }[] }
  for (const { ResourceType, PhysicalResourceId: id } of kept.flatMap(
    (list) => (list as Summaries).StackResourceSummaries,
  )) {
    if (ResourceType === 'AWS::S3::Bucket') await removeBucket(aws, id)
    if (ResourceType === 'AWS::Cognito::UserPool') await aws('cognito-idp', 'delete-user-pool', '--user-pool-id', id)
  }
  if (outputs)
    say(`in some hours, when CloudFront has let go of it: node infra/remove-orphans.ts ${outputs.FunctionName}`)
  say(
    `log groups /edgeproof/${stackName} are in each region that was asked from, such as ${region}: delete them by hand`,
  )
}

async function removeBucket(aws: AwsCli, bucket: string): Promise<void> {
  type Version = { Key: string; VersionId: string }
  type Listing = { Versions?: Version[]; DeleteMarkers?: Version[] } | undefined
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } =
      ((await aws('s3api', 'list-object-versions', '--bucket', bucket)) as Listing) ?? {}
    const Objects = [...Versions, ...DeleteMarkers].slice(0, 1000).map(({ Key, VersionId }) => ({ Key, VersionId }))
    if (Objects.length === 0) break
    await aws('s3api', 'delete-objects', '--bucket', bucket, '--delete', JSON.stringify({ Objects, Quiet: true }))
  }
  await aws('s3api', 'delete-bucket', '--bucket', bucket)
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { yes: { type: 'boolean' }, region: { type: 'string', default: 'eu-central-1' } },
  })
  const { region } = values
  if (values.yes !== true) {
    throw new UsageError(
      `--yes: is missing; this deploys ${stackName} to the account of your credentials, in ${region} and us-east-1, and takes it down again`,
    )
  }
  mkdirSync(directory, { recursive: true })
  const aws = awsCli(region)
  const { Account } = (await aws('sts', 'get-caller-identity')) as { Account: string }
  let outputs: Outputs | undefined
  try {
    outputs = await deploy(region, Account)
    const subject = await fill(aws, outputs)
    const loginHost = `${stackName.toLowerCase()}-${Account}.auth.${region}.amazoncognito.com`
    // The client's URLs and the login's domain take effect a little later than CloudFormation says.
    await setTimeout(60_000)
    const failed = await ask(outputs, subject, loginHost)
    say(`${checks.length + 3 - failed} of ${checks.length + 3} held; this log is ${join(directory, 'log.txt')}`)
    return failed === 0 ? 0 : 1
  } finally {
    await takeDown(aws, region, outputs)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  reportFailure(error)
}
