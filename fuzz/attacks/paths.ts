/** Paths that a handler, S3 and a cache read differently (RFC 3986 2.1, 3.3, 5.2.4 and 6.2.2; RFC 3629 10). */
import type { Attack, Random, Step, Visitor, World } from '../case.ts'
import { type RequestParts, request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

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

const disguised: Attack[] = disguises.map(({ name, source, edit }) => ({
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

/** What makes a path look as if it needed no right: an open directory, a style sheet, one's own group, somewhere in it. */
const decoys: readonly {
  name: string
  source: string
  lure: (wanted: string, own: string) => Omit<RequestParts, 'token'>[]
}[] = [
  {
    name: 'file-type',
    source: 'CWE-288',
    lure: (wanted) =>
      ['.css', '.js', '.png', '.ico', '.html', '.json', '.svg', '.map', '.txt', '.woff2', '.jpg'].map((type) => ({
        uri: wanted.replace(/(\.[a-z]+)?$/, type),
      })),
  },
  {
    name: 'static-file',
    source: 'CWE-288',
    lure: (wanted) =>
      [
        'favicon.ico',
        'robots.txt',
        'index.html',
        'login',
        'health',
        '.well-known/security.txt',
        'manifest.json',
        'public',
        'static/x.js',
        'assets/a.css',
      ].map((file) => ({ uri: `${wanted}/${file}` })),
  },
  {
    name: 'own-segment-after',
    source: 'CWE-863',
    lure: (wanted, own) => segments(own).map((segment) => ({ uri: `${wanted}/${segment}` })),
  },
  {
    name: 'own-segment-as-file',
    source: 'CWE-863',
    lure: (wanted, own) => segments(own).map((segment) => ({ uri: wanted.replace(/[^/]*$/, segment) })),
  },
  {
    name: 'own-segment-inside',
    source: 'CWE-863',
    lure: (wanted, own) => segments(own).map((segment) => ({ uri: wanted.replace(/(\.[a-z]+)?$/, `-${segment}$1`) })),
  },
  {
    name: 'own-segment-before',
    source: 'CWE-863',
    lure: (wanted, own) => segments(own).map((segment) => ({ uri: `/${segment}${wanted}` })),
  },
  {
    name: 'own-segment-in-query',
    source: 'CWE-863',
    lure: (wanted, own) => segments(own).map((segment) => ({ uri: wanted, querystring: `q=${segment}` })),
  },
  {
    name: 'own-path-in-query',
    source: 'CVE-2025-54576',
    lure: (wanted, own) => [
      { uri: wanted, querystring: own },
      { uri: wanted, querystring: `x=${own}` },
    ],
  },
  { name: 'own-path-before', source: 'CWE-863', lure: (wanted, own) => [{ uri: `${own}${wanted}` }] },
  {
    name: 'own-path-after',
    source: 'CWE-863',
    lure: (wanted, own) => [{ uri: `${wanted}${own}` }, { uri: `${wanted.slice(0, wanted.lastIndexOf('/'))}${own}` }],
  },
  {
    name: 'own-prefix-twin',
    source: 'CWE-187',
    lure: (wanted, own) =>
      twins(own)
        .map((uri) => ({ uri }))
        .concat(twins(wanted).map((uri) => ({ uri }))),
  },
  { name: 'directory-itself', source: 'CWE-862', lure: (wanted) => parents(wanted).map((uri) => ({ uri })) },
]

const luring: Attack[] = decoys.map(({ name, source, lure }) => ({
  name: `decoy-${name}`,
  class: 'path',
  source,
  build(world, random) {
    const steps: Step[] = []
    for (const visitor of world.visitors) {
      const token = issuedToken(world, visitor)
      for (const open of world.publicPaths)
        steps.push(...lure(visitor.granted[0], open).map((parts) => request(world, parts)))
      for (const wanted of othersOf(world, visitor, random)) {
        steps.push(...lure(wanted, visitor.granted[0]).map((parts) => request(world, { ...parts, token })))
      }
    }
    return { steps }
  },
}))

/** Paths of no route, or of two at once. */
const strange: Attack[] = [
  {
    name: 'nowhere',
    uris: ['/', '/nowhere', '/nowhere/a.txt', '/index.html', '/favicon.ico', '/robots.txt', '/.env', '/.git/config'],
  },
  {
    name: 'nothing',
    uris: ['', '*', '.', '..', '?', '#', '%', '/.', '/..', '/%2e', '/%2e%2e', '//', '///', '/%2f', '/%00', '/%'],
  },
  {
    name: 'prototype-names',
    uris: ['/__proto__', '/constructor', '/__proto__/a', '/constructor/prototype', '/toString', '/hasOwnProperty/x'],
  },
  {
    name: 'authority',
    uris: [
      '//attacker.example',
      '//attacker.example/%2f..',
      '/\\attacker.example',
      '/%5cattacker.example',
      '/%09/attacker.example',
      '///attacker.example',
      'https://attacker.example/',
      '/%2f%2fattacker.example',
      '/@attacker.example',
      '/.attacker.example',
    ],
  },
  {
    name: 'response-splitting',
    uris: [
      '/%0d%0aset-cookie:%20a=b',
      '/%0d%0a%0d%0a<script>',
      '/\r\nset-cookie: a=b',
      '/%e5%98%8d%e5%98%8aset-cookie:a=b',
      '/a%0aLocation:%20https://attacker.example',
    ],
  },
  {
    name: 'markup',
    uris: [
      '/<script>alert(1)</script>',
      '/%3Cscript%3E',
      '/"onload="x',
      '/\'"><img src=x>',
      '/\u001b[31mred',
      '/%1b[2J',
    ],
  },
].map(({ name, uris }) => ({
  name: `path-of-${name}`,
  class: 'path' as const,
  source: name === 'authority' ? 'CWE-601' : name === 'response-splitting' ? 'CWE-113' : 'RFC 3986 3.3',
  build(world: World) {
    const token = issuedToken(world, world.visitors[0])
    const under = world.visitors.flatMap(({ granted }) =>
      uris.filter((uri) => uri.startsWith('/')).map((uri) => granted[0] + uri),
    )
    return { steps: [...uris, ...under].flatMap((uri) => [request(world, { uri }), request(world, { uri, token })]) }
  },
}))

/** What must stay allowed, or a strict handler is only a closed one. */
const plain: Attack = {
  name: 'path-granted',
  class: 'benign',
  source: 'RFC 3986 3.3',
  build(world) {
    const spelt = (path: string) => [
      path,
      path.replace(/[a-z0-9]/i, percent),
      path.replace(/[^/]*$/, '%C3%A9t%C3%A9%20%28summer%29.txt'),
      path.replace(/[^/]*$/, 'a;b=c,d@e:f$g!h~i.txt'),
      path.replace(/[^/]*$/, '%25.txt'),
      path.replace(/[^/]*$/, '...'),
      path.replace(/[^/]*$/, ''),
    ]
    const own = withOwnToken(world, ({ granted }) => granted.flatMap(spelt))
    const open = world.publicPaths.flatMap(spelt).map((uri) => request(world, { uri }))
    return { steps: [...own, ...open] }
  },
}

export const traversalAttacks = [
  ...climbs.map(({ name, source, text }) => climbing(name, source, climbBy(text))),
  ...ends.map(({ name, source, text }) => climbing(`after-${name}`, source, climbAfter(text))),
]
export const disguisedPathAttacks = disguised
export const decoyPathAttacks = [...luring, ...strange, plain]

function withOwnToken(world: World, uris: (visitor: Visitor) => string[]): Step[] {
  return world.visitors.flatMap((visitor) => {
    const token = issuedToken(world, visitor)
    return uris(visitor).map((uri) => request(world, { uri, token }))
  })
}

/** Paths that are not this visitor's: of the same route, and one of another. */
function othersOf(world: World, visitor: Visitor, random: Random): string[] {
  const elsewhere = world.visitors.filter((other) => other.route !== visitor.route)
  const other = elsewhere.length > 0 ? random.pick(elsewhere) : undefined
  return [...visitor.denied.slice(0, 2), ...(other ? [other.denied[0] ?? other.granted[0]] : [])]
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** Each segment made longer or shorter: `g1` and `g10`, `public` and `publications`. */
function twins(path: string): string[] {
  const parts = path.split('/')
  return parts.flatMap((part, index) =>
    part === ''
      ? []
      : [`${part}0`, `x${part}`, part.slice(0, -1), `${part}${part}`].map((twin) => parts.with(index, twin).join('/')),
  )
}

function parents(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).flatMap((_, index) => {
    const parent = parts.slice(0, index + 1).join('/')
    return [parent, `${parent}/`]
  })
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Two octets where one would do (RFC 3629 10). */
function overlong(letter: string): string {
  const code = letter.charCodeAt(0)
  return `%${(0xc0 | (code >> 6)).toString(16)}%${(0x80 | (code & 0x3f)).toString(16)}`
}
