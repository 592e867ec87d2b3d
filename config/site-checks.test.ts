import { describe, expect, it } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { siteFaults, siteWarnings } from './site-checks.ts'

const policyOf = (fields: Partial<Policy>): Policy => ({
  issuer: 'https://issuer.example.com',
  clientIds: ['web'],
  routes: [{ path: '/*' }],
  ...fields,
})
const texts = (found: ReturnType<typeof siteFaults>) =>
  found.map(({ field, message }) => `${field.join('.')}: ${message}`)

describe('a site', () => {
  it.each<[string, Partial<Policy>, string]>([
    [
      'a shell without a route',
      { routes: [{ path: '/app/*', app: '/shell.html' }] },
      'routes.0.app: no route matches /shell.html',
    ],
    [
      'an index without a route',
      { index: 'index.html', routes: [{ path: '/docs/', public: true }] },
      'routes.0.path: no route matches the index',
    ],
    [
      'a login page that needs a token',
      { deny: { unauthenticated: { redirect: '/login?a=1' } } },
      'deny.unauthenticated.redirect: /login needs a token itself',
    ],
    [
      'a login page whose index needs a token',
      {
        index: 'index.html',
        routes: [{ path: '/*' }, { path: '/login/', public: true }],
        deny: { unauthenticated: { redirect: '/login/' } },
      },
      'deny.unauthenticated.redirect: /login/ needs a token itself',
    ],
  ])('is refused with %s', (_, fields, message) => {
    expect(texts(siteFaults(policyOf(fields)))).toEqual([expect.stringContaining(message)])
    expect(siteWarnings(policyOf(fields))).toEqual([])
  })

  it.each<[string, Partial<Policy>, string]>([
    [
      'a public route whose shell needs a token',
      { routes: [{ path: '/*' }, { path: '/app/*', public: true, app: '/shell.html' }] },
      'routes.1.app: /shell.html needs a token',
    ],
    [
      'a login page without a route',
      { routes: [{ path: '/a/*' }], deny: { unauthenticated: { redirect: '/login' } } },
      'deny.unauthenticated.redirect: no route matches /login',
    ],
    [
      'a page with a script',
      { deny: { forbidden: { page: '<script>1</script>' } } },
      'deny.forbidden.page: has a <script>',
    ],
  ])('is warned of %s', (_, fields, message) => {
    expect(texts(siteWarnings(policyOf(fields)))).toEqual([expect.stringContaining(message)])
    expect(siteFaults(policyOf(fields))).toEqual([])
  })

  it('is right with all of it in its place', () => {
    const policy = policyOf({
      index: 'index.html',
      slash: 'redirect',
      routes: [
        { path: '/', public: true },
        { path: '/index.html', public: true },
        { path: '/login', public: true },
        { path: '/app/*', app: '/app/index.html' },
        { path: '/100%/a:b/*' },
      ],
      deny: { unauthenticated: { redirect: '/login', page: '<!doctype html><style>p{}</style><p>401' } },
    })
    expect([...siteFaults(policy), ...siteWarnings(policy)]).toEqual([])
  })
})
