/** Paths that a handler, S3 and a cache read differently (RFC 3986 2.1, 3.3 and 6.2.2; RFC 3629 10). */
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { othersOf, percent, withOwnToken } from './visitor-paths.ts'

/** Edits of a whole path that may not be read; a handler that reads the edited one differently lets it through. */
const disguises: readonly { name: string; source: string; edit: (path: string) => string }[] = [
  { name: 'trailing-slash', source: 'CVE-2022-22978', edit: (path) => `${path}/` },
  { name: 'double-slash-first', source: 'CVE-2021-31920', edit: (path) => `/${path}` },
  { name: 'double-slash-inside', source: 'CVE-2021-31920', edit: (path) => path.replace(/^(\/[^/]*)/, '$1/') },
  { name: 'dot-first', source: 'RFC 3986 5.2.4', edit: (path) => `/.${path}` },
  { name: 'dot-inside', source: 'RFC 3986 5.2.4', edit: (path) => path.replace(/^(\/[^/]*)/, '$1/.') },
  { name: 'encoded-dot-inside', source: 'CVE-2021-41773', edit: (path) => path.replace(/^(\/[^/]*)/, '$1/%2e') },
  { name: 'back-and-forth', source: 'RFC 3986 5.2.4', edit: (path) => path.replace(/^(\/[^/]*)/, '$1/..$1') },
  { name: 'encoded-first-slash', source: 'CVE-2021-29492', edit: (path) => path.replace(/(?<!^)\//, '%2f') },
  { name: 'encoded-every-slash', source: 'CVE-2021-29492', edit: (path) => path.replaceAll(/(?<!^)\//g, '%2F') },
  { name: 'double-encoded-slash', source: 'CVE-2021-42013', edit: (path) => path.replaceAll(/(?<!^)\//g, '%252F') },
  { name: 'backslashes', source: 'CVE-2021-29492', edit: (path) => path.replaceAll('/', '\\') },
  { name: 'encoded-backslashes', source: 'CVE-2021-29492', edit: (path) => path.replaceAll(/(?<!^)\//g, '%5C') },
  { name: 'first-letter-encoded', source: 'RFC 3986 6.2.2.2', edit: (path) => path.replace(/[a-z]/i, percent) },
  { name: 'letters-encoded', source: 'RFC 3986 6.2.2.2', edit: (path) => path.replaceAll(/[a-z0-9]/gi, percent) },
  {
    name: 'letters-encoded-lower',
    source: 'RFC 3986 6.2.2.1',
    edit: (path) => path.replaceAll(/[j-o]/gi, (letter) => percent(letter).toLowerCase()),
  },
  {
    name: 'letters-double-encoded',
    source: 'CVE-2021-42013',
    edit: (path) => path.replaceAll(/[a-z]/gi, (letter) => `%25${percent(letter).slice(1)}`),
  },
  {
    name: 'last-segment-double-encoded',
    source: 'CVE-2021-42013',
    edit: (path) => path.replace(/[a-z](?=[^/]*$)/i, (letter) => `%25${percent(letter).slice(1)}`),
  },
  { name: 'upper-case', source: 'CWE-178', edit: (path) => path.toUpperCase() },
  {
    name: 'first-letter-upper',
    source: 'CWE-178',
    edit: (path) => path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  },
  {
    name: 'full-width',
    source: 'CWE-176',
    edit: (path) =>
      path.replace(/[a-z]/, (letter) => encodeURIComponent(String.fromCharCode(letter.charCodeAt(0) + 0xfee0))),
  },
  { name: 'long-s', source: 'CWE-176', edit: (path) => path.replace('s', encodeURIComponent('\u017f')) },
  { name: 'nul', source: 'CWE-158', edit: (path) => `${path}%00` },
  { name: 'nul-style', source: 'CWE-158', edit: (path) => `${path}%00.css` },
  { name: 'raw-nul', source: 'CWE-158', edit: (path) => `${path}\u0000.css` },
  { name: 'newline', source: 'CVE-2022-22978', edit: (path) => `${path}%0a` },
  { name: 'newline-inside', source: 'CVE-2022-22978', edit: (path) => path.replace(/^(\/[^/]*\/)/, '$1%0a') },
  { name: 'return', source: 'CVE-2022-22978', edit: (path) => `${path}%0d` },
  { name: 'raw-newline', source: 'CVE-2022-22978', edit: (path) => `${path}\n` },
  { name: 'tab', source: 'CWE-46', edit: (path) => `${path}%09` },
  { name: 'space', source: 'CWE-46', edit: (path) => `${path}%20` },
  { name: 'raw-space', source: 'CWE-46', edit: (path) => `${path} ` },
  { name: 'plus', source: 'CWE-172', edit: (path) => path.replace(/^(\/[^/]*\/[^/]*)/, '$1+') },
  { name: 'decoded-plus', source: 'CWE-172', edit: (path) => path.replaceAll('%2B', '+') },
  { name: 'encoded-plus', source: 'CWE-172', edit: (path) => path.replace(/^(\/[^/]*\/[^/]*)/, '$1%2B') },
  { name: 'question-mark', source: 'RFC 3986 3.4', edit: (path) => `${path}?/public/` },
  { name: 'encoded-question-mark', source: 'RFC 3986 3.4', edit: (path) => `${path}%3f.css` },
  { name: 'hash', source: 'CVE-2021-39156', edit: (path) => `${path}#/public/` },
  { name: 'encoded-hash', source: 'CVE-2021-39156', edit: (path) => `${path}%23.css` },
  { name: 'matrix-style', source: 'CVE-2020-13933', edit: (path) => `${path};.css` },
  { name: 'matrix-first', source: 'CVE-2020-13933', edit: (path) => path.replace(/^\/([^/]*)/, '/$1;x=y') },
  { name: 'matrix-encoded', source: 'CVE-2020-13933', edit: (path) => `/%3b${path.slice(1)}` },
  { name: 'matrix-session', source: 'CVE-2020-5902', edit: (path) => `${path};jsessionid=1` },
  { name: 'trailing-dot', source: 'CWE-42', edit: (path) => `${path}.` },
  { name: 'segment-dot', source: 'CWE-42', edit: (path) => path.replace(/^(\/[^/]*\/[^/]*)/, '$1.') },
  { name: 'segment-space', source: 'CWE-46', edit: (path) => path.replace(/^(\/[^/]*\/[^/]*)/, '$1%20') },
  { name: 'dot-as-any', source: 'CWE-625', edit: (path) => path.replaceAll('.', 'x') },
  { name: 'tilde', source: 'CWE-22', edit: (path) => path.replace(/^(\/[^/]*\/[^/]*)/, '$1~') },
  { name: 'wildcard', source: 'CWE-155', edit: (path) => path.replace(/^(\/[^/]*\/)[^/]*/, '$1*') },
  { name: 'broken-percent', source: 'RFC 3986 2.1', edit: (path) => `${path}%` },
  { name: 'broken-hex', source: 'RFC 3986 2.1', edit: (path) => `${path}%zz` },
  { name: 'broken-utf-8', source: 'RFC 3629 10', edit: (path) => `${path}%ff` },
  { name: 'cut-utf-8', source: 'RFC 3629 3', edit: (path) => `${path}%e2%82` },
  { name: 'overlong', source: 'CVE-2000-0884', edit: (path) => path.replace(/[a-z]/, overlong) },
  { name: 'surrogate', source: 'RFC 3629 3', edit: (path) => `${path}\ud800` },
  { name: 'encoded-surrogate', source: 'RFC 3629 3', edit: (path) => `${path}%ed%a0%80` },
  { name: 'non-ascii', source: 'RFC 3987 3.1', edit: (path) => `${path}\u00e9` },
  { name: 'no-first-slash', source: 'RFC 9112 3.2', edit: (path) => path.slice(1) },
  { name: 'absolute-form', source: 'RFC 9112 3.2.2', edit: (path) => `https://d111111abcdef8.cloudfront.net${path}` },
  { name: 'authority', source: 'RFC 3986 3.2', edit: (path) => `//attacker.example${path}` },
  { name: 'empty-segments', source: 'CVE-2021-31920', edit: (path) => path.replaceAll('/', '//') },
  { name: 'long', source: 'CWE-400', edit: (path) => `${path}${'/a'.repeat(900)}` },
]

export const disguisedPathAttacks: readonly Attack[] = disguises.map(({ name, source, edit }) => ({
  name: `path-${name}`,
  class: 'path',
  source,
  build(world, random) {
    const bare = world.visitors.map(({ granted }) => request(world, { uri: edit(granted[0]) }))
    const own = withOwnToken(world, (visitor) => [...othersOf(world, visitor, random), ...visitor.granted].map(edit))
    const open = world.publicPaths.map((uri) => request(world, { uri: edit(uri) }))
    return { steps: [...bare, ...own, ...open] }
  },
}))

/** Two octets where one would do (RFC 3629 10). */
function overlong(letter: string): string {
  const code = letter.charCodeAt(0)
  return `%${(0xc0 | (code >> 6)).toString(16)}%${(0x80 | (code & 0x3f)).toString(16)}`
}
