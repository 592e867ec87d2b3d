import fc from 'fast-check'
import type { Headers, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { Attack } from '../attacks/attack.ts'
import { attacks } from '../attacks/attacks.ts'
import type { Scenario, Step } from '../case.ts'
import type { World } from '../world/world.ts'

/** Attacks whose requests have the shape that CloudFront sends; the others do not mix. */
const mixable = attacks.filter(({ class: kind }) => kind !== 'event-shape')

/** One attack from the list as it is. */
export function oneAttack(world: World): fc.Arbitrary<Scenario> {
  return fc.tuple(fc.constantFrom(...attacks), fc.nat()).map(([attack, seed]) => built(attack, world, seed))
}

/** Two attacks in one: the credentials of a request of the first, everything else of a request of the second. */
export function crossedAttacks(world: World): fc.Arbitrary<Scenario> {
  return fc
    .tuple(fc.constantFrom(...mixable), fc.constantFrom(...mixable), fc.nat(), fc.nat())
    .map(([one, other, seed, place]) => crossed(built(one, world, seed), built(other, world, seed + 1), place))
}

/** One attack after another against the same instance: what the first left behind meets the second. */
export function attacksInARow(world: World): fc.Arbitrary<Scenario> {
  return fc.array(fc.tuple(fc.constantFrom(...mixable), fc.nat()), { minLength: 2, maxLength: 4 }).map((chosen) => {
    const [first, ...rest] = chosen.map(([attack, seed]) => built(attack, world, seed))
    const all = [first, ...rest].flatMap((scenario) => (scenario ? [scenario] : []))
    return {
      name: all.map(({ name }) => name).join(' then '),
      class: first?.class ?? 'benign',
      steps: all.flatMap(({ steps }) => steps.slice(0, 12)),
      serve: Object.assign({}, ...all.map(({ serve }) => serve ?? {})),
    }
  })
}

function built(attack: Attack, world: World, seed: number): Scenario {
  const scenario = attack.build(world, seededRandom(seed))
  return { name: attack.name, class: attack.class, ...(scenario ?? { steps: [] }) }
}

function crossed(one: Scenario, other: Scenario, place: number): Scenario {
  const lender = requestAt(one, place)
  const borrower = requestAt(other, place >> 4)
  if (!lender || !borrower) return other
  const step = withCredentials(borrower, lender.Records[0]?.cf.request.headers ?? {})
  return {
    name: `${one.name} on ${other.name}`,
    class: one.class,
    steps: [step],
    serve: { ...one.serve, ...other.serve },
  }
}

function requestAt({ steps }: Scenario, place: number): ViewerRequestEvent | null {
  const requests = steps.filter((step) => step.kind === 'request')
  const step = requests[place % Math.max(1, requests.length)]
  return step ? (step.event as ViewerRequestEvent) : null
}

function withCredentials(event: ViewerRequestEvent, from: Headers): Step {
  const [record] = event.Records
  if (!record) return { kind: 'request', event }
  const { request, ...rest } = record.cf
  const credentials = Object.entries(from).filter(([name]) => name === 'authorization' || name === 'cookie')
  const headers = { ...request.headers, ...Object.fromEntries(credentials) }
  return { kind: 'request', event: { Records: [{ cf: { ...rest, request: { ...request, headers } } }] } }
}
