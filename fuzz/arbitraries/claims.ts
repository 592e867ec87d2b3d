import fc from 'fast-check'
import type { Changes } from '../attacks/tokens.ts'
import type { World } from '../world/world.ts'

/** Values that a claim of the right type, or of a wrong one, may have; finite, so that signed tokens repeat and are signed once. */
const oddValues: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1,
  2 ** 53,
  1e308,
  '',
  ' ',
  'x',
  '*',
  '.*',
  '..',
  '/',
  'undefined',
  '__proto__',
  '\u0000',
  '\ud800',
  [],
  [''],
  [null],
  [[]],
  {},
  { length: 1, 0: 'x' },
  { toString: 'x' },
]

/** Changes to the claims of a good token: one or two members missing, of another type, another visitor's, or moved in time. */
export function claimChanges(world: World): fc.Arbitrary<Changes> {
  const names = claimNames(world)
  const now = Math.floor(world.start / 1000)
  const date = fc.constantFrom<unknown>(
    now - 3600,
    now - 1,
    now,
    now + 1,
    now + 3600,
    now * 1000,
    `${now + 3600}`,
    1.5,
    0,
  )
  const others = names.flatMap((name) => world.visitors.map(({ claims }): [string, unknown] => [name, claims[name]]))
  const single = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...oddValues)) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('exp', 'nbf', 'iat'), date) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...others),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...names), fc.constantFrom(...names))
        .map(([name, from]): [string, unknown] => [name, world.visitors[0].claims[from]]),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...names)
        .map((name): [string, unknown] => [name, wrapped(world.visitors[0].claims[name])]),
    },
  )
  const pair = fc.tuple(single, single)
  return fc
    .oneof({ weight: 9, arbitrary: fc.tuple(single) }, { weight: 1, arbitrary: pair })
    .map((members) => Object.fromEntries(members))
}

/** Every claim that a good token here has, and those that it could be decided by. */
function claimNames({ visitors }: World): string[] {
  const held = visitors.flatMap(({ claims }) => Object.keys(claims))
  return [...new Set([...held, 'aud', 'azp', 'nbf', 'scope', 'scp', 'cnf', 'tid', 'cognito:username'])]
}

function wrapped(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : [value]
}
