import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { synthesize } from '../infra/synth.ts'
import { accessTokenPayload, createSigningKey } from '../testing/issuer.ts'
import { mint } from '../testing/mint.ts'
import type { Edge } from './edge.ts'
import { startEdge } from './start-edge.ts'

const pool = 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01'
const [original, updated] = [`https://${pool}`, `https://issuer-${pool}`]
const config: Config = {
  policy: {
    providers: {
      pool: { issuer: [original, updated], tokenUse: 'access', clientIds: ['web'] },
      partners: {
        issuer: 'https://partners.example.org',
        jwksUri: 'https://keys.example.org/partners',
        tokenUse: null,
        clientIds: ['gate'],
        clientClaim: 'azp',
        algorithms: ['ES256'],
        groupsClaim: '/realm_access/roles',
      },
    },
    jwks: { cooldown: 0.1 },
    routes: [
      { path: '/reports/*', provider: 'pool', groups: ['analysts'] },
      { path: '/groups/*', provider: 'partners', groups: ['analysts'] },
    ],
  },
  site: {
    userPoolArn: 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01',
    userPoolProvider: 'pool',
  },
}

let edge: Edge
beforeAll(async () => {
  edge = await startEdge({ template: (await synthesize(config)).template, config })
})
afterAll(() => edge.close())

const analysts = { 'cognito:groups': ['analysts'] }

async function status(path: string, token: string): Promise<number> {
  const response = await fetch(edge.url + path, { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
  return response.status
}

test('tokens of each provider, and of each of its issuers, open what is theirs and nothing else', async () => {
  const ofPool = (iss: string) => edge.issuer.mint({ ...analysts, iss }, 'pool')
  const [path = ''] = edge.paths.filter((each) => each.startsWith('/reports/'))
  expect(edge.issuer.providers).toEqual(['pool', 'partners'])
  for (const iss of [original, updated]) expect(await status(path, await ofPool(iss))).toBe(200)
  const partner = await edge.issuer.mint(analysts, 'partners')
  expect(await status(path, partner)).toBe(403)
  const answer = await fetch(`${edge.url}/groups/none`, { headers: { authorization: `Bearer ${partner}` } })
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('NoSuchKey')])
})

test("one issuer's key verifies no other's token", async () => {
  const [path = ''] = edge.paths.filter((each) => each.startsWith('/reports/'))
  const key = await createSigningKey()
  await edge.issuer.rotate(key)
  const signed = (iss: string) => mint(key, accessTokenPayload({ ...analysts, iss, client_id: 'web' }))
  expect(await status(path, signed(original))).toBe(200)
  expect(await status(path, signed(updated))).toBe(401)
})
