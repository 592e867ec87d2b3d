/** Climbing out of a directory that may be read (RFC 3986 5.2.4; CWE-22), in every spelling of "up one level". */
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { othersOf, withOwnToken } from './visitor-paths.ts'

/** Ways to write "up one level" between two parts of a path; each begins and ends where a slash would stand. */
const climbs: readonly { name: string; source: string; text: string }[] = [
  { name: 'plain', source: 'CWE-22', text: '/../' },
  { name: 'encoded-dots', source: 'CVE-2021-41773', text: '/%2e%2e/' },
  { name: 'half-encoded', source: 'CVE-2021-41773', text: '/.%2e/' },
  { name: 'upper-hex', source: 'CVE-2021-41773', text: '/%2E%2E/' },
  { name: 'double-encoded', source: 'CVE-2021-42013', text: '/%252e%252e/' },
  { name: 'double-encoded-digits', source: 'CVE-2021-42013', text: '/%%32%65%%32%65/' },
  { name: 'encoded-slash', source: 'CVE-2021-29492', text: '/..%2f' },
  { name: 'encoded-slashes', source: 'CVE-2021-29492', text: '%2f..%2f' },
  { name: 'all-encoded', source: 'CVE-2021-29492', text: '%2f%2e%2e%2f' },
  { name: 'double-encoded-slash', source: 'CVE-2021-42013', text: '/..%252f' },
  { name: 'backslash', source: 'CWE-22', text: '/..\\' },
  { name: 'backslashes', source: 'CWE-22', text: '\\..\\' },
  { name: 'encoded-backslash', source: 'CVE-2021-29492', text: '/..%5c' },
  { name: 'matrix', source: 'CVE-2020-5902', text: '/..;/' },
  { name: 'matrix-named', source: 'CVE-2020-5902', text: '/..;x=y/' },
  { name: 'overlong', source: 'CVE-2000-0884', text: '/%c0%ae%c0%ae/' },
  { name: 'overlong-slash', source: 'CVE-2000-0884', text: '/..%c0%af' },
  { name: 'percent-u', source: 'CWE-173', text: '/%u002e%u002e/' },
  { name: 'full-width', source: 'CWE-176', text: '/%ef%bc%8e%ef%bc%8e/' },
  { name: 'four-dots', source: 'CWE-34', text: '/..../' },
  { name: 'nested', source: 'CWE-35', text: '/....//' },
  { name: 'nul', source: 'CWE-158', text: '/..%00/' },
  { name: 'newline', source: 'CVE-2022-22978', text: '/..%0a/' },
  { name: 'space', source: 'CWE-46', text: '/..%20/' },
  { name: 'plus', source: 'CWE-172', text: '/..+/' },
  { name: 'double-slash', source: 'CVE-2021-31920', text: '//../' },
  { name: 'via-dot', source: 'CWE-22', text: '/./../' },
]

/** What a reader may take for the end of the path; the climb comes after it. */
const ends: readonly { name: string; source: string; text: string }[] = [
  { name: 'question-mark', source: 'RFC 3986 3.4', text: '?' },
  { name: 'hash', source: 'CVE-2021-39156', text: '#' },
  { name: 'encoded-question-mark', source: 'RFC 3986 3.4', text: '%3f' },
  { name: 'encoded-hash', source: 'CVE-2021-39156', text: '%23' },
  { name: 'nul', source: 'CWE-158', text: '%00' },
  { name: 'newline', source: 'CVE-2022-22978', text: '%0a' },
  { name: 'semicolon', source: 'CVE-2020-5902', text: ';' },
]

export const traversalAttacks: readonly Attack[] = [
  ...climbs.map(({ name, source, text }) => climbing(name, source, climbBy(text))),
  ...ends.map(({ name, source, text }) => climbing(`after-${name}`, source, climbAfter(text))),
]

/** From every file that may be read to paths that may not. */
function climbing(name: string, source: string, climb: (from: string, wanted: string) => string): Attack {
  return {
    name: `traversal-${name}`,
    class: 'path',
    source,
    build(world, random) {
      const fromPublic = world.publicPaths.flatMap((open) =>
        world.visitors.map((visitor) => request(world, { uri: climb(open, visitor.granted[0]) })),
      )
      const fromOwn = withOwnToken(world, (visitor) =>
        othersOf(world, visitor, random).map((wanted) => climb(visitor.granted[0], wanted)),
      )
      return { steps: [...fromPublic, ...fromOwn] }
    },
  }
}

/** Out of `from`'s directory up to the root and down to `wanted`. */
function climbBy(up: string): (from: string, wanted: string) => string {
  return (from, wanted) => {
    const directory = from.slice(0, from.lastIndexOf('/'))
    const depth = directory.split('/').length - 1
    return `${directory}${up.repeat(depth).replaceAll('//', '/')}${wanted.slice(1)}`
  }
}

function climbAfter(end: string): (from: string, wanted: string) => string {
  return (from, wanted) => `${from}${end}${'/..'.repeat(from.split('/').length - 1)}${wanted}`
}
