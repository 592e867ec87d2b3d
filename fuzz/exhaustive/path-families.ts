/** What a URI can be made of, under a policy with a route of every kind. */
import type { Policy } from '../../authorizer/policy.ts'
import type { RequestFields } from '../../testing/viewer-request.ts'
import type { Family } from './family.ts'

/** Plain, hidden, encoded and hostile. Every segment of a URI is one of these. */
const pieces = [
  'a',
  'g',
  'ann',
  'x',
  'x.css',
  'ann.pdf',
  'us:ann',
  'index.html',
  '',
  '.',
  '..',
  '%2e%2E',
  'a%2Fg',
  '%61',
  'a+b.css',
  '%C3%A9',
  '%',
  '%00',
]

const longest = 5

/** All URIs of so many segments at most, the shortest first: 2,000,718 of them. */
const uris: Iterable<string> = {
  *[Symbol.iterator]() {
    let shorter = ['']
    for (let length = 1; length < longest; length++) {
      shorter = shorter.flatMap((beginning) => pieces.map((piece) => `${beginning}/${piece}`))
      yield* shorter
    }
    // The longest are not kept.
    for (const beginning of shorter) for (const piece of pieces) yield `${beginning}/${piece}`
  },
}

const policy: Policy = {
  issuer: 'https://issuer.example.com/pool',
  clientIds: ['web'],
  algorithms: ['EdDSA'],
  index: 'index.html',
  slash: 'redirect',
  routes: [
    { path: '/a/*', public: true },
    { path: '/a/g/*' },
    { path: '/x/{sub}/*' },
    { path: '/x/{sub}.pdf' },
    { path: '/x/*.css', public: true },
    { path: '/g/{group}/*' },
    { path: '/g/*/index.html', public: true },
    { path: '/g/g/x/{sub}', groups: ['other'] },
    { path: '/ann/us:{sub}/*' },
    { path: '/ann/*/*/x.css', public: true },
    { path: '/us:{sub}/a*.css/*' },
    { path: '/é/*', public: true, app: '/é/index.html' },
    { path: '/é/g/*', app: '/a/x' },
    { path: '/index.html', public: true },
    { path: '/ann.pdf/{group}/{sub}', hash: 'md5' },
  ],
}

/** With a token that grants some of it, and for shorter URIs without one. */
export const pathFamilies: readonly Family[] = [
  {
    name: 'URIs',
    policy,
    uris,
    *requests({ ann }): Generator<RequestFields> {
      yield { headers: { authorization: `Bearer ${ann}` } }
    },
  },
  {
    name: 'URIs, of all methods, without a token',
    policy: { ...policy, methods: ['GET', 'POST'] },
    uris: {
      *[Symbol.iterator]() {
        for (const uri of uris) {
          if (uri.split('/').length > longest) return
          yield uri
        }
      },
    },
    *requests({ ann }): Generator<RequestFields> {
      yield {}
      yield { method: 'HEAD' }
      yield { method: 'POST', headers: { authorization: `Bearer ${ann}` } }
      yield { querystring: 'a=b&c' }
    },
  },
]
