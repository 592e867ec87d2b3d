import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'
import { EdgeAuthorizedSite } from './edge-authorized-site.ts'
import { synthesize } from './synth.ts'
import { plainPolicy, trivialProgram } from './template-of.ts'

let outdir: string
beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'edgeproof-refusals-'))
})
afterEach(() => rm(outdir, { recursive: true, force: true }))

/** A configuration as a user writes it, from the file to the template. */
async function deploy(value: object): Promise<string> {
  const config = parseConfig({ policy: plainPolicy, ...value }, 'site.json')
  return (await synthesize(config, { outdir, program: trivialProgram })).templateFile
}

const group = 'two words'
const refused: [title: string, config: object, message: RegExp][] = [
  [
    'a group that Cognito would not create',
    { site: { createUserPool: { groups: [group] } } },
    /site\.json: site\.createUserPool\.groups\[0\]: should be 1 to 128 letters/,
  ],
  [
    "a route's group that Cognito would not create",
    { policy: { ...plainPolicy, routes: [{ path: '/*', groups: [group] }] }, site: { createUserPool: {} } },
    /policy\.routes\[0\]\.groups\[0\]: "two words" cannot be a Cognito group/,
  ],
  [
    'a path that no request could have',
    { policy: { ...plainPolicy, routes: [{ path: 'reports/*' }] } },
    /site\.json: policy\.routes\[0\]\.path: "reports\/\*" must begin with "\/"/,
  ],
  [
    'a method that changes objects',
    { policy: { ...plainPolicy, methods: ['GET', 'PUT'] } },
    /policy\.methods\[1\]: is "PUT"; the distribution only reads/,
  ],
  [
    'a pool ARN that does not parse',
    { site: { userPoolArn: 'arn:aws:cognito-idp:eu-west-1:userpool/eu-west-1_A' } },
    /site\.json: site\.userPoolArn: should be a user pool ARN such as arn:/,
  ],
  [
    'two pools',
    {
      site: {
        createUserPool: {},
        userPoolArn: 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01',
      },
    },
    /site\.json: site\.userPoolArn: should be left out where createUserPool is given/,
  ],
  [
    'a certificate of another region',
    {
      site: {
        domain: { names: ['a.example.com'], certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0f' },
      },
    },
    /site\.domain\.certificateArn: should be the ARN of an ACM certificate in us-east-1/,
  ],
  [
    'more names in the cache key than a cache policy holds',
    { site: { cacheKey: { queryStrings: Array.from({ length: 11 }, (_, index) => `q${index}`) } } },
    /site\.cacheKey\.queryStrings: should hold at most 10 names/,
  ],
  [
    'a listing parameter in the cache key',
    { site: { cacheKey: { queryStrings: ['width', 'prefix'] } } },
    /site\.cacheKey\.queryStrings\[1\]: should not be a parameter of S3 listings/,
  ],
  [
    'a root that is granted to more people than what it is served from',
    { policy: { ...plainPolicy, routes: [{ path: '/*' }, { path: '/', public: true }] } },
    /policy\.routes\[1\]\.path: grants "\/", which CloudFront serves from \/index\.html/,
  ],
  [
    'a root alone, whose object has no route',
    { policy: { ...plainPolicy, routes: [{ path: '/' }] } },
    /policy\.routes\[0\]\.path: grants "\/", which CloudFront serves from \/index\.html/,
  ],
  [
    'an index that CloudFront takes for no root',
    { policy: { ...plainPolicy, routes: [{ path: '/*' }], index: 'début.html' } },
    /policy\.index: "début\.html" is no default root object for CloudFront/,
  ],
  [
    'frames of some third kind',
    { site: { frameOptions: 'ALLOW-FROM' } },
    /site\.json: site\.frameOptions: should be "DENY", "SAMEORIGIN" or false/,
  ],
  ['half a second of HSTS', { site: { hsts: { maxAge: 0.5 } } }, /site\.json: site\.hsts\.maxAge: should be an? int/],
  [
    'a stack name that leaves no room for the function',
    { site: { stackName: 'S'.repeat(60), operations: { regions: [] } } },
    /site\.stackName: is too long/,
  ],
  ['a setting that does not exist', { site: { zone: 'eu-west-1' } }, /site\.json: site\.zone: is not a field/],
]

test.each(refused)('%s is refused with its field, and nothing is written', async (_, config, message) => {
  const refusal = deploy(config)
  await expect(refusal).rejects.toThrow(UsageError)
  await expect(refusal).rejects.toThrow(message)
  expect(await readdir(outdir)).toEqual([])
})

test.each([
  ['everything has one route', { routes: [{ path: '/*' }] }],
  ['the object is public', { routes: [{ path: '/' }, { path: '/index.html', public: true }] }],
  ["the root is an app's", { routes: [{ path: '/', public: true, app: '/app.html' }, { path: '/app.html' }] }],
  ['both are decided', { routes: [{ path: '/', public: true }, { path: '/*' }], index: 'index.html' }],
])('a root is taken where %s', async (_, policy) => {
  await expect(deploy({ policy: { ...plainPolicy, ...policy } })).resolves.toContain('.template.json')
})

test('a policy too large for a template is refused, and nothing is written', async () => {
  const routes = Array.from({ length: 25_000 }, (_, index) => ({ path: `/${index}/{group}/*` }))
  await expect(deploy({ policy: { ...plainPolicy, routes } })).rejects.toThrow(
    /^EdgeproofSite\/Site\/Authorizer: policy: makes the function's code \d+ bytes of the template; at most 900000 fit/,
  )
  expect(await readdir(outdir)).toEqual([])
})

test('the construct refuses a stack whose region is not given', () => {
  const build = () => {
    const stack = new Stack(new App({ outdir }), 'Elsewhere')
    return new EdgeAuthorizedSite(stack, 'Site', { policy: plainPolicy, program: trivialProgram })
  }
  expect(build).toThrow(UsageError)
  expect(build).toThrow('stack Elsewhere: env.region: is not given')
})
