/** Segments of which a pattern says a part, and a `*` or a capture stands for the rest: what only a loose comparison takes for one. */
import type { Route } from '../../authorizer/policy.ts'
import { type PatternSegment, parsePattern } from '../../config/route-pattern.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

/** A segment of a path that may be read: the pattern's texts, and what is between them. */
interface Around {
  before: string
  held: string
  after: string
}

const encode = encodeURIComponent
const whole = ({ before, held, after }: Around) => encode(before + held + after)
const fill = (text: string) => 'z'.repeat(text.length)

/** Raw segments, or several with a slash between. */
const misfits: readonly { name: string; source: string; spell: (around: Around) => string[] }[] = [
  { name: 'nothing-between', source: 'CWE-1023', spell: ({ before, after }) => [encode(before + after)] },
  { name: 'overlap', source: 'CWE-1023', spell: ({ before, after }) => overlaps(before, after).map(encode) },
  {
    name: 'slash-between',
    source: 'CWE-22',
    spell: ({ before, held, after }) =>
      ['x/y', `${held}/x`, `x/${held}`, 'x%2Fy', 'x%5Cy', '/', '../x']
        .map((text) => `${encode(before)}${text}${encode(after)}`)
        .concat(`${encode(before)}x/a.txt`, `a/${encode(`x${after}`)}`),
  },
  {
    name: 'other-text-before',
    source: 'CWE-187',
    spell: ({ before, held, after }) =>
      before === ''
        ? [encode(`x${held}${after}`)]
        : [fill(before), '', `x${before}`].map((text) => encode(text + held + after)),
  },
  {
    name: 'other-text-behind',
    source: 'CWE-187',
    spell: ({ before, held, after }) =>
      after === ''
        ? [encode(`${before}${held}x`)]
        : [fill(after), '', `${after}x`, `${after}.x`].map((text) => encode(before + held + text)),
  },
  {
    name: 'more-between',
    source: 'CWE-187',
    spell: ({ before, held, after }) =>
      [`${held}x`, `x${held}`, `${held}.x`, `${held}${after}`, `${before}${held}`, held.slice(0, -1), `${held}%`].map(
        (text) => encode(before + text + after),
      ),
  },
  {
    name: 'upper-case',
    source: 'CWE-178',
    spell: ({ before, held, after }) => [
      encode(before.toUpperCase() + held + after),
      encode(before + held + after.toUpperCase()),
    ],
  },
  {
    name: 'dot-as-any',
    source: 'CWE-625',
    spell: ({ before, held, after }) => [encode(before + held + after.replace('.', 'x'))],
  },
  {
    name: 'raw-plus',
    source: 'CWE-172',
    spell: (around) => {
      const { before, after } = around
      return [
        whole(around).replaceAll(/%2B|%20/g, '+'),
        `${encode(before)}a+b${encode(after)}`,
        `${encode(before)}+${encode(after)}`,
        `${encode(before)}a%2Bb${encode(after)}`,
        encode(before.replaceAll('+', ' ') + around.held + after.replaceAll('+', ' ')),
      ]
    },
  },
  {
    name: 'encoded',
    source: 'RFC 3986 6.2.2.2',
    spell: (around) => [
      whole(around).replace(/[a-z0-9]/i, hex),
      whole(around).replace(/[.-](?=[^.-]*$)/, hex),
      whole(around).replace(/[a-z](?=[^a-z]*$)/i, hex),
    ],
  },
  {
    name: 'odd-between',
    source: 'RFC 3986 3.3',
    spell: ({ before, after }) =>
      ['*', '.', '..', '%20', '%00', '%0a', '\u00e9', '%C3%A9', '{sub}', '\ud800'].map(
        (text) => `${encode(before)}${text.replaceAll(/[{}]/g, encode)}${encode(after)}`,
      ),
  },
]

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}

/** Texts that begin with the one and end with the other, and are shorter than both. */
function overlaps(before: string, after: string): string[] {
  return Array.from({ length: Math.min(before.length, after.length) }, (_, index) => index + 1)
    .filter((length) => before.endsWith(after.slice(0, length)))
    .map((length) => before + after.slice(length))
}

/** Paths in which a segment is spelt otherwise, each for a route that says a part of it. */
function misspelt(route: Route | undefined, path: string, spell: (around: Around) => string[]): string[] {
  const raw = path.split('/')
  return (route ? parsePattern(route.path) : []).flatMap((segment, index) => {
    if (segment.kind !== 'capture' && segment.kind !== 'any') return []
    const { prefix: before, suffix: after } = segment
    if (segment.kind === 'capture' && before === '' && after === '') return []
    const text = decodeURIComponent(raw[index + 1] ?? '')
    const held = text.slice(before.length, text.length - after.length)
    return spell({ before, held, after }).map((other) => raw.with(index + 1, other).join('/'))
  })
}

const misspellings: Attack[] = misfits.map(({ name, source, spell }) => ({
  name: `part-${name}`,
  class: 'path',
  source,
  build(world) {
    const open = world.policy.routes.filter((route) => route.public)
    const bare = open.flatMap((route, index) => misspelt(route, world.publicPaths[index] ?? '/', spell))
    const own = world.visitors.flatMap((visitor) => {
      const uris = misspelt(world.policy.routes[visitor.route], visitor.granted[0], spell)
      if (uris.length === 0) return []
      const token = issuedToken(world, visitor)
      return uris.map((uri) => request(world, { uri, token }))
    })
    const steps = [...bare.map((uri) => request(world, { uri })), ...own]
    return steps.length === 0 ? null : { steps }
  },
}))

/** Paths that two patterns match at once: one of them decides, in one order. */
const betweenRoutes: Attack = {
  name: 'path-of-two-routes',
  class: 'path',
  source: 'CVE-2022-22978',
  build(world, random) {
    const paths = [...new Set(pairs(world).flatMap(([one, other]) => pathOfBoth(one, other) ?? []))]
    if (paths.length === 0) return null
    const bearers = [undefined, ...some(world.visitors, random.integer(0, world.visitors.length - 1))]
    const steps = bearers.flatMap((visitor) => {
      const token = visitor && issuedToken(world, visitor)
      return paths.slice(0, mostPaths).map((uri) => request(world, { uri, token }))
    })
    return { steps }
  },
}

const mostPaths = 40

/** Three visitors, the one at `from` first. */
function some(visitors: readonly Visitor[], from: number): Visitor[] {
  return [...visitors.slice(from), ...visitors.slice(0, from)].slice(0, 3)
}

/** Each pattern with the granted path of its route. */
interface Filled {
  pattern: PatternSegment[]
  path: string
}

function pairs({ policy, visitors, publicPaths }: World): [Filled, Filled][] {
  const open = policy.routes.filter((route) => route.public)
  const filled = policy.routes.flatMap((route, index): Filled[] => {
    const path = route.public
      ? publicPaths[open.indexOf(route)]
      : visitors.find((one) => one.route === index)?.granted[0]
    return path === undefined ? [] : [{ pattern: parsePattern(route.path), path }]
  })
  return filled.flatMap((one, index) => filled.slice(0, index).map((other): [Filled, Filled] => [one, other]))
}

/** Null: no path is of both. */
function pathOfBoth(one: Filled, other: Filled): string | null {
  const [longer, shorter] = one.pattern.length < other.pattern.length ? [other, one] : [one, other]
  const texts = longer.path.split('/').slice(1)
  const others = shorter.path.split('/').slice(1)
  const both: string[] = []
  for (const [index, segment] of longer.pattern.entries()) {
    const beside = shorter.pattern[index] ?? shorter.pattern.at(-1)
    const text = segmentOfBoth([segment, texts[index] ?? ''], [beside, others[index] ?? ''])
    if (beside === undefined || text === null) return null
    both.push(text)
  }
  return `/${both.join('/')}`
}

type Held = readonly [segment: PatternSegment | undefined, text: string]

function segmentOfBoth([one, text]: Held, [other, otherText]: Held): string | null {
  if (one === undefined || other === undefined) return null
  if (one.kind === 'literal') return other.kind === 'literal' && one.text !== other.text ? null : text
  if (other.kind === 'literal') return otherText
  if (other.kind === 'rest') return text
  if (one.kind === 'rest') return otherText
  const [before] = [one.prefix, other.prefix].toSorted((a, b) => b.length - a.length)
  const [after] = [one.suffix, other.suffix].toSorted((a, b) => b.length - a.length)
  if (!before?.startsWith(one.prefix) || !before.startsWith(other.prefix)) return null
  if (!after?.endsWith(one.suffix) || !after.endsWith(other.suffix)) return null
  const isSaid = [one.prefix, one.suffix, other.prefix, other.suffix].some((said) => said !== '')
  return isSaid ? encode(`${before}x${after}`) : text
}

export const patternPartAttacks: readonly Attack[] = [...misspellings, betweenRoutes]
