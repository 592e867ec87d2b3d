/** What is asked of the deployed site with curl, as data: one request each, and what of its answer has to be so. */

/** Whose token a request brings. `reader` is of the group `blue`; the others are the reader's, spoilt. */
export type Bearer = 'reader' | 'tampered' | 'cut' | 'unsigned'

export interface Check {
  title: string
  path: string
  bearer?: Bearer
  /** Further arguments for curl. */
  curl?: readonly string[]
  status: number
  /** Header → what it has to match; null where it must not be there. */
  headers?: Readonly<Record<string, RegExp | null>>
  body?: RegExp
}

const origin = ['--header', 'Origin: https://app.example.com']
const stranger = ['--header', 'Origin: https://evil.example.net']
const navigation = ['--header', 'Sec-Fetch-Mode: navigate', '--header', 'Sec-Fetch-Dest: document']
const asWritten = ['--path-as-is']

/** The reader's `sub` stands in place of `{sub}`, the login's host in that of `{login}`. */
export const checks: readonly Check[] = [
  { title: 'a public object needs no token', path: '/public/hello.txt', status: 200, body: /hello/ },
  {
    title: 'and comes from the cache the second time',
    path: '/public/hello.txt',
    status: 200,
    headers: { 'x-cache': /^Hit/ },
  },
  {
    title: 'a private object without a token is 401, and not cached',
    path: '/groups/blue/plan.txt',
    status: 401,
    headers: { 'www-authenticate': /^Bearer/, 'cache-control': /no-store/ },
  },
  { title: 'with one of the group it is there', path: '/groups/blue/plan.txt', bearer: 'reader', status: 200 },
  {
    title: 'from the cache for the next reader',
    path: '/groups/blue/plan.txt',
    bearer: 'reader',
    status: 200,
    headers: { 'x-cache': /^Hit/ },
  },
  { title: 'and still 401 without a token', path: '/groups/blue/plan.txt', status: 401 },
  {
    title: 'a query string makes no other object',
    path: '/groups/blue/plan.txt?x=1',
    bearer: 'reader',
    status: 200,
    headers: { 'x-cache': /^Hit/ },
  },
  { title: "another group's object is 403", path: '/groups/green/plan.txt', bearer: 'reader', status: 403 },
  { title: "a group's report is 403 for others", path: '/reports/year.txt', bearer: 'reader', status: 403 },
  { title: "a reader's own object is there", path: '/users/{sub}/note.txt', bearer: 'reader', status: 200 },
  { title: "somebody else's is 403", path: '/users/somebody/note.txt', bearer: 'reader', status: 403 },
  { title: 'a path without a route is 403', path: '/elsewhere.txt', bearer: 'reader', status: 403 },
  { title: 'the root is not a list of the bucket', path: '/', bearer: 'reader', status: 403 },
  { title: 'an object that is missing is 404', path: '/groups/blue/missing.txt', bearer: 'reader', status: 404 },
  { title: 'another signature is 401', path: '/groups/blue/plan.txt', bearer: 'tampered', status: 401 },
  { title: 'half a token is 401', path: '/groups/blue/plan.txt', bearer: 'cut', status: 401 },
  { title: 'a token without a signature is 401', path: '/groups/blue/plan.txt', bearer: 'unsigned', status: 401 },
  {
    title: 'dot segments lead nowhere',
    path: '/groups/blue/../green/plan.txt',
    bearer: 'reader',
    curl: asWritten,
    status: 403,
  },
  {
    title: 'nor do they where they are encoded',
    path: '/groups/blue/..%2fgreen/plan.txt',
    bearer: 'reader',
    curl: asWritten,
    status: 403,
  },
  { title: 'HEAD is as GET', path: '/groups/blue/plan.txt', bearer: 'reader', curl: ['--head'], status: 200 },
  {
    title: 'PUT is nothing that the distribution takes',
    path: '/groups/blue/plan.txt',
    bearer: 'reader',
    curl: ['--request', 'PUT', '--data', 'x'],
    status: 403,
  },
  {
    title: 'a preflight of an allowed origin passes without a token',
    path: '/groups/blue/plan.txt',
    curl: ['--request', 'OPTIONS', ...origin, '--header', 'Access-Control-Request-Method: GET'],
    status: 200,
    headers: { 'access-control-allow-origin': /^https:\/\/app\.example\.com$/ },
  },
  {
    title: 'an object may be read by pages of an allowed origin',
    path: '/groups/blue/plan.txt',
    bearer: 'reader',
    curl: origin,
    status: 200,
    headers: { 'access-control-allow-origin': /^https:\/\/app\.example\.com$/ },
  },
  {
    title: 'a denial, too',
    path: '/groups/blue/plan.txt',
    curl: origin,
    status: 401,
    headers: { 'access-control-allow-origin': /^https:\/\/app\.example\.com$/ },
  },
  {
    title: 'by no others',
    path: '/groups/blue/plan.txt',
    bearer: 'reader',
    curl: stranger,
    status: 200,
    headers: { 'access-control-allow-origin': null },
  },
  {
    title: 'objects carry the security headers',
    path: '/public/hello.txt',
    status: 200,
    headers: {
      'strict-transport-security': /^max-age=63072000$/,
      'x-frame-options': /^SAMEORIGIN$/,
      'content-security-policy': /^frame-ancestors 'self'$/,
      'x-content-type-options': /^nosniff$/,
      'referrer-policy': /^same-origin$/,
    },
  },
  {
    title: 'a denial is not sniffed, and asks for https as well',
    path: '/groups/blue/plan.txt',
    status: 401,
    headers: { 'strict-transport-security': /^max-age=63072000$/, 'x-content-type-options': /^nosniff$/ },
  },
  {
    title: 'who goes to a page without a session is sent to the login',
    path: '/groups/blue/plan.txt',
    curl: navigation,
    status: 302,
    headers: { location: /^https:\/\/{login}\/oauth2\/authorize\?/, 'set-cookie': /^__Host-ep-t/ },
  },
  {
    title: 'a callback that nobody started is a page, and no session',
    path: '/_auth/callback?code=x&state=0.junk',
    curl: navigation,
    status: 400,
    headers: { 'set-cookie': null },
  },
  {
    title: 'where people end who have signed out is public',
    path: '/bye.html',
    status: 200,
    body: /signed out/,
  },
]
