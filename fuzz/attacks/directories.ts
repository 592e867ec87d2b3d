/** Directories, with their slash and without, and the paths of a single-page app: what is served from somewhere else. */
import { encodedPath } from '../../config/rewrites.ts'
import type { Step } from '../case.ts'
import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { navigation, type RequestParts, request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

type Parts = Omit<RequestParts, 'token'>

/** What becomes of a directory, whose path is without its slash; `token` is what the request bears. */
const visits: readonly {
  name: string
  source: string
  visit: (directory: string, token: string, index: string) => Parts[]
}[] = [
  {
    name: 'with-slash',
    source: 'CWE-862',
    visit: (directory) => [
      { uri: `${directory}/` },
      { uri: `${directory}/`, method: 'HEAD' },
      { uri: `${directory}/`, method: 'POST' },
      { uri: `${directory}/`, querystring: 'a=b' },
    ],
  },
  {
    name: 'without-slash',
    source: 'CWE-862',
    visit: (directory) => [
      { uri: directory },
      { uri: directory, method: 'HEAD' },
      { uri: directory, method: 'POST' },
      { uri: directory, headers: { origin: 'https://app.example.com' } },
      { uri: directory, headers: navigation },
    ],
  },
  {
    name: 'query-kept',
    source: 'CWE-113',
    visit: (directory) =>
      [
        'a=b&c',
        '%0d%0aset-cookie:%20a=b',
        'to=%2F%2Fattacker.example',
        '/',
        '?',
        '\u00e9=\ud800',
        ' "<>\\^`{|}',
        '%',
      ].map((querystring) => ({ uri: directory, querystring })),
  },
  {
    name: 'token-in-query',
    source: 'RFC 6750 5.3',
    visit: (directory, token) =>
      [
        `access_token=${token}`,
        `a=b&t=${token.replaceAll('.', '%2E')}`,
        token.replaceAll('eyJ', '%65%79%4A'),
        token.replaceAll('eyJ', '%2565yJ'),
      ].map((querystring) => ({ uri: directory, querystring })),
  },
  {
    name: 'on-another-host',
    source: 'CWE-601',
    visit: (directory) =>
      [
        `/${directory}`,
        `//attacker.example${directory}`,
        `/\\attacker.example${directory}`,
        `/%5cattacker.example${directory}`,
        `/%2fattacker.example${directory}`,
        `/\tattacker.example${directory}`,
        `/%09/attacker.example${directory}`,
        `/\\${directory.slice(1)}`,
        `https://attacker.example${directory}`,
        `/.${directory}`,
        `/..${directory}`,
        `${directory}/..`,
        `${directory}//attacker.example`,
        `${directory}/%2e%2e/%2fattacker.example`,
        `${directory}@attacker.example`,
      ].map((uri) => ({ uri })),
  },
  {
    name: 'spelt-otherwise',
    source: 'RFC 3986 6.2.2.2',
    visit: (directory) =>
      [
        `${directory}%2f`,
        `${directory}//`,
        `${directory}/.`,
        `${directory}/%2e`,
        `${directory}?`,
        `${directory}%3f`,
        `${directory}+`,
        `${directory}+/`,
        `${directory}%00`,
        `${directory}/a+b`,
        `${directory.toUpperCase()}/`,
        directory.replace(/[a-z](?=[^/]*$)/i, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      ].map((uri) => ({ uri })),
  },
  {
    name: 'index',
    source: 'CWE-862',
    visit: (directory, _token, index) =>
      [index, `${index}/`, `${index}/${index}`, `x/${index}`, `${index}.`, index.toUpperCase(), 'x/', 'x'].map(
        (file) => ({
          uri: `${directory}/${file}`,
        }),
      ),
  },
]

const directoryVisits: Attack[] = visits.map(({ name, source, visit }) => ({
  name: `directory-${name}`,
  class: 'path',
  source,
  build(world, random) {
    const { policy } = world
    if (policy.index === undefined && policy.slash === undefined) return null
    const index = encodedPath(`/${policy.index ?? 'index.html'}`).slice(1)
    const visitor = random.pick(world.visitors)
    const bearers = [undefined, issuedToken(world, visitor)]
    const steps = directories(world).flatMap((directory) =>
      byEach(world, bearers, (token) => visit(directory, token, index)),
    )
    const own = world.visitors.flatMap((one) =>
      parentsOf([...one.granted, ...one.denied.slice(0, 1)]).flatMap((directory) =>
        byEach(world, [issuedToken(world, one)], (token) => visit(directory, token, index).slice(0, 4)),
      ),
    )
    return { steps: [...steps, ...own] }
  },
}))

function byEach(world: World, bearers: readonly (string | undefined)[], parts: (token: string) => Parts[]): Step[] {
  return bearers.flatMap((token) => parts(token ?? '').map((one) => request(world, { ...one, token })))
}

const mostDirectories = 8

/** Of all paths that somebody may read, and one that nobody may. */
function directories(world: World): string[] {
  const paths = [...world.publicPaths, ...world.visitors.map(({ granted }) => granted[0])]
  return [...new Set(['', ...parentsOf(paths), '/nowhere'])].slice(0, mostDirectories)
}

/** From the root's first directory down. */
function parentsOf(paths: readonly string[]): string[] {
  const parents = paths.flatMap((path) => {
    const segments = path.split('/')
    return segments.slice(2).map((_, index) => segments.slice(0, index + 2).join('/'))
  })
  return [...new Set(parents)]
}

/** Paths of an app's route: a page of the app is its shell, a file is itself, and the shell has a right of its own. */
const appPaths: Attack = {
  name: 'app-paths',
  class: 'path',
  source: 'CWE-862',
  build(world) {
    const { routes } = world.policy
    const ends = [
      '',
      'x',
      'x.js',
      'x/y',
      'x/y.js',
      'x.y/z',
      '.x',
      'x.',
      'x%2ejs',
      '%252e',
      'a+b',
      '%C3%A9',
      '...',
      'x/',
      '%zz',
    ]
    const shells = [...new Set(routes.flatMap(({ app }) => (app === undefined ? [] : [encodedPath(app)])))]
    if (shells.length === 0) return null
    const open = world.publicPaths.filter(
      (_, index) => routes.filter((route) => route.public)[index]?.app !== undefined,
    )
    const own = world.visitors.filter(({ route }) => routes[route]?.app !== undefined)
    const beside = (path: string) => ends.map((end) => path.replace(/[^/]*$/, end))
    const outside = shells.flatMap((shell) => [
      shell,
      `${shell}/`,
      shell.replace(/[^/]*$/, ''),
      shell.replace(/\/[^/]*$/, ''),
    ])
    const bare = [...open, ...own.map(({ granted }) => granted[0])]
      .flatMap(beside)
      .concat(outside, '/nowhere', '/nowhere/x')
    const steps = world.visitors.flatMap((visitor) => {
      const token = issuedToken(world, visitor)
      const paths = own.includes(visitor) ? [...beside(visitor.granted[0]), ...visitor.denied.flatMap(beside)] : []
      return [...paths, ...outside, '/nowhere/x'].map((uri) => request(world, { uri, token }))
    })
    const heads = bare.slice(0, 4).map((uri) => request(world, { uri, method: 'HEAD' }))
    return { steps: [...bare.map((uri) => request(world, { uri })), ...heads, ...steps] }
  },
}

export const directoryAttacks: readonly Attack[] = [...directoryVisits, appPaths]
