import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { cataloguePolicy } from '../effectiveness/flaws/flawed-handler.ts'
import { createWorld } from '../world/make-world.ts'
import { weakExponentAttacks } from './weak-exponent.ts'

/** What a verifier sees when it raises the forged signature to the third power, with the hash of what was signed cut out. */
async function cubed(name: string): Promise<string> {
  const world = await createWorld(cataloguePolicy, Date.UTC(2026, 0, 1))
  const attack = weakExponentAttacks.find((one) => one.name === `signature-exponent-3-${name}`)
  const [step] = attack?.build(world, seededRandom('1'))?.steps ?? []
  const event = step?.kind === 'request' ? (step.event as ViewerRequestEvent) : undefined
  const token = event?.Records[0]?.cf.request.headers.authorization?.[0]?.value.slice('Bearer '.length) ?? ''
  const [header, payload, signature = ''] = token.split('.')
  const cube = BigInt(`0x${Buffer.from(signature, 'base64url').toString('hex')}`) ** 3n
  const hash = createHash('sha256').update(`${header}.${payload}`).digest('hex')
  return cube.toString(16).padStart(512, '0').replace(hash, 'HASH')
}

test('a signature is forged whose cube is padded as far as a lenient check reads', async () => {
  const info = '3031300d060960864801650304020105000420'
  expect(await cubed('garbage-after')).toMatch(new RegExp(`^0001(?:ff){8}00${info}HASH.{388}$`))
  expect(await cubed('garbage-in-padding')).toMatch(new RegExp(`^0001(?:ff){8}.{388}00${info}HASH$`))
  expect(await cubed('garbage-in-parameters')).toMatch(/^0001(?:ff){8}003081f2.{416}0420HASH$/)
  expect(await cubed('hash-at-end')).toMatch(/^00.{446}HASH$/)
})
