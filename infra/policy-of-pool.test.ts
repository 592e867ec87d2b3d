import { expect, test } from 'vitest'
import type { Policy, Provider } from '../authorizer/policy.ts'
import { deployedPolicy } from './policy-of-pool.ts'
import { plainPolicy, templateOf } from './template-of.ts'

const poolId = 'eu-west-1_EXAMPLE01'
const userPoolArn = `arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${poolId}`
const original = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`
const updated = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${poolId}`
const ofReplica = `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`

test.each<[title: string, named: string | string[], deployed: string | string[]]>([
  ['another issuer gives way to the original one', 'https://issuer.example.com', original],
  ['the updated issuer stays where the policy names it', updated, updated],
  ['both stay, for a pool that is being switched', [original, updated], [original, updated]],
  ['so does that of a replica', [original, ofReplica], [original, ofReplica]],
  ['that of another pool does not', `${updated}X`, original],
])('of a pool that exists: %s', (_, issuer, deployed) => {
  expect(deployedPolicy({ ...plainPolicy, issuer }, { userPoolArn })).toEqual({ ...plainPolicy, issuer: deployed })
})

const staff: Provider = { issuer: 'https://login.example.com', tokenUse: null, clientIds: ['portal'] }
const pool: Provider = {
  issuer: 'https://login.example.org/{tid}',
  jwksUri: 'https://login.example.org/keys',
  tenants: ['t'],
  tokenUse: 'access',
  clientIds: ['web'],
}
const several: Policy = {
  providers: { staff, pool },
  routes: [
    { path: '/s/{sub}/*', provider: 'staff' },
    { path: '/p/*', provider: 'pool', groups: ['analysts'] },
  ],
}

test('a pool takes the place of the provider that is named, with its keys, and leaves the others', () => {
  const { providers } = deployedPolicy(several, { userPoolArn, userPoolProvider: 'pool' })
  expect(providers).toEqual({ staff, pool: { issuer: original, tokenUse: 'access', clientIds: ['web'] } })
})

test('a created pool puts its issuer and client into its provider, and the outputs name all', async () => {
  const template = await templateOf({ createUserPool: {}, userPoolProvider: 'pool' }, several)
  const [handler] = Object.values(template.findResources('AWS::Lambda::Function'))
  const code = JSON.stringify(handler?.Properties.Code)
  expect(code).toContain('https://login.example.com')
  expect(code).not.toContain('login.example.org')
  const outputs = template.findOutputs('*')
  expect(JSON.stringify(outputs.Issuer)).toMatch(
    /https:\/\/login\.example\.com,https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/.*"Ref":"\w*Pool/,
  )
  expect(JSON.stringify(outputs.ClientId)).toMatch(/portal,.*"Ref":"\w*Client/)
})

test.each<[title: string, site: object, policy: Policy, line: string]>([
  [
    'no provider for a created pool',
    { createUserPool: {} },
    several,
    'is missing; name the provider that the pool stands for: staff or pool',
  ],
  ['no provider for a pool that exists', { userPoolArn }, several, 'is missing; '],
  [
    'a stranger',
    { userPoolArn, userPoolProvider: 'x' },
    several,
    '"x" is no provider of the policy; name one of staff, pool',
  ],
  ['no pool', { userPoolProvider: 'staff' }, several, 'has no pool to stand for the provider; '],
  [
    'a stranger to a policy of one',
    { createUserPool: {}, userPoolProvider: 'staff' },
    plainPolicy,
    'name one of default',
  ],
])('refuses %s', async (_, site, policy, line) => {
  await expect(templateOf(site, policy)).rejects.toThrow(`EdgeproofSite/Site: site.userPoolProvider: `)
  await expect(templateOf(site, policy)).rejects.toThrow(line)
})
