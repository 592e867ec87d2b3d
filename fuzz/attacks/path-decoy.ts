/** Paths that seem to need no right, lie nowhere, or would harm whoever quotes them; and the plain ones that must pass. */
import { parsePattern } from '../../config/route-pattern.ts'
import type { Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { type RequestParts, request } from './request-step.ts'
import { issuedToken } from './tokens.ts'
import { othersOf, percent, withOwnToken } from './visitor-paths.ts'

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
  {
    name: 'own-path-on-next-line',
    source: 'CVE-2022-22978',
    lure: (wanted, own) => ['%0a', '%0d%0a'].map((end) => ({ uri: `${wanted}${end}${own}` })),
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

const strangeSources: Record<string, string> = {
  authority: 'CWE-601',
  parameters: 'CWE-88',
  'response-splitting': 'CWE-113',
}

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
    name: 'parameters',
    uris: [
      '/a&role=admin',
      '/a&next=%2F&redirect_uri=https:%2f%2fattacker.example',
      '/a%26role=admin',
      '/a%3Frole=admin%26b=c',
      '/a;role=admin&b=c',
      '/a%23b',
      '/a%20b',
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
  source: strangeSources[name] ?? 'RFC 3986 3.3',
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
      path.replace(/[^/]*$/, '%25ff.txt'),
      path.replace(/[^/]*$/, '...'),
      path.replace(/[^/]*$/, ''),
    ]
    const own = withOwnToken(world, ({ granted }) => granted.flatMap(spelt))
    const open = world.publicPaths.flatMap(spelt).map((uri) => request(world, { uri }))
    return { steps: [...own, ...open] }
  },
}

/** Beside a longer route's literal, under another's `*`: who matches step by step has to come back from it. */
const besideLiteral: Attack = {
  name: 'path-beside-a-literal',
  class: 'benign',
  source: 'CWE-863',
  build(world) {
    const routes = world.policy.routes.map(({ path }) => parsePattern(path))
    const beside = ({ route, granted }: Visitor) => {
      const own = routes[route] ?? []
      if (own.at(-1)?.kind !== 'rest') return []
      const base = granted[0].split('/').slice(0, own.length)
      const texts = routes.flatMap((other) => {
        const segment = other[own.length - 1]
        return segment?.kind === 'literal' ? [encodeURIComponent(segment.text)] : []
      })
      return [...new Set(texts)].flatMap((text) =>
        ['', '/', '/a', '/a/b'].map((end) => [...base, text].join('/') + end),
      )
    }
    const steps = withOwnToken(world, beside)
    return steps.length === 0 ? null : { steps }
  },
}

export const decoyPathAttacks = [...luring, ...strange, plain, besideLiteral]

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
