import type { Edit, Flaw } from './flaw.ts'

/** A site's folder: open pages with a closed directory among them, one's own directory, an app, and pages for who is denied. */
const site = {
  index: 'index.html',
  slash: 'redirect',
  corsOrigins: ['https://*.example.com'],
  routes: [
    { path: '/', public: true },
    { path: '/index.html', public: true },
    { path: '/docs/*', public: true },
    { path: '/docs/staff/index.html', groups: ['analysts'] },
    { path: '/home/{sub}/*' },
    { path: '/app/*', app: '/app/index.html', groups: ['analysts'] },
  ],
  deny: {
    unauthenticated: { page: '<!doctype html><title>401</title><p>Please log in.' },
    forbidden: { page: '<!doctype html><title>403</title><p>{path} {message}' },
  },
} as const

/** Parts of segments, open and closed ones beside each other. */
const parts = {
  routes: [
    { path: '/assets/*.css', public: true },
    { path: '/assets/c++-*.html', public: true },
    { path: '/images/a-*-a.png', public: true },
    { path: '/texts/*.txt', public: true },
    { path: '/texts/draft-*.txt', groups: ['analysts'] },
    { path: '/texts/*.draft.txt', groups: ['analysts'] },
    { path: '/reports/{sub}.pdf' },
    { path: '/orgs/*/shared/*', public: true },
    { path: '/orgs/{group}/shared/minutes.txt' },
  ],
} as const

/** The same, with a login page on the viewer's own host. */
const siteWithLogin = {
  ...site,
  deny: {
    ...site.deny,
    unauthenticated: { ...site.deny.unauthenticated, redirect: '/login', returnTo: 'to', returnQuery: true },
  },
} as const

/** A directory of any name at the root, as a bucket of users has them. */
const rootOfDirectories = {
  ...siteWithLogin,
  routes: [{ path: '/*/', public: true }, { path: '/*/index.html', public: true }, { path: '/home/{sub}/*' }],
} as const

/** Whose files are for everybody, and whose pages are not. */
const appOfStaff = {
  routes: [
    { path: '/app/*', app: '/shells/app.html', public: true },
    { path: '/shells/app.html', groups: ['analysts'] },
    { path: '/home/{sub}/*' },
  ],
} as const

const decidesAgain = `    if (file !== request.uri) await authorize({ ...request, uri: file })\n`
const decidesDirectory = `      await authorize({ ...request, uri: directory })\n`
const isLong = `segment.length > before.length + after.length && `
const around = `return ${isLong}segment.startsWith(before) && segment.endsWith(after)`
const compares = `return captureValues(open, claims, groups).some((value) => spell(value, route) === wanted)`
const navigates = `(answer.redirectOn === 'always' || isNavigation(request))`
const named = `  return isAround(scheme, domain, origin) && /^[\\w-]+(?:\\.[\\w-]+)*$/.test(origin.slice(scheme.length, -domain.length))\n`
const pageOrNone = `request.method === 'HEAD' ? '' : page`

function page(by: string): Edit[] {
  return [[pageOrNone, by]]
}

export const siteFlaws: readonly Flaw[] = [
  {
    name: 'rewrite-not-decided-again',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CWE-863',
    policy: site,
    edits: [[decidesAgain, '']],
  },
  {
    name: 'index-for-names-without-dot',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CloudFront Developer Guide, "Add index.html to request URLs that don\'t include a file name"',
    policy: site,
    edits: [
      [decidesAgain, ''],
      [
        `  return POLICY.index !== undefined && uri.endsWith('/') ? uri + encodeURIComponent(POLICY.index) : uri\n`,
        `  return uri.endsWith('/') ? uri + 'index.html' : segments.at(-1)?.includes('.') ? uri : uri + '/index.html'\n`,
      ],
    ],
  },
  {
    name: 'index-appended-twice',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CWE-436',
    policy: site,
    edits: [
      [
        `uri.endsWith('/') ? uri + encodeURIComponent(POLICY.index) : uri\n`,
        `/\\/(index\\.html)?$/.test(uri) ? uri + '/' + POLICY.index : uri\n`,
      ],
    ],
  },
  {
    name: 'app-for-files',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CWE-436',
    policy: appOfStaff,
    edits: [[`segments.at(-1)?.includes('.') ? uri : app`, `app`]],
  },
  {
    name: 'app-for-paths-without-route',
    class: 'path',
    cwe: 'CWE-636',
    source: 'CWE-636',
    policy: site,
    edits: [
      [
        `    const directory = directoryOf(request)\n`,
        `    if (!findRoute(pathSegments(request.uri)) && !request.uri.includes('.')) {
      return withoutCredential({ ...request, uri: '/app/index.html' })
    }
    const directory = directoryOf(request)\n`,
      ],
    ],
  },
  {
    name: 'app-before-rights',
    class: 'path',
    cwe: 'CWE-862',
    source: 'CWE-862',
    policy: site,
    edits: [
      [
        `    const directory = directoryOf(request)\n`,
        `    const shell = fileOf(request)
    if (shell === '/app/index.html' && shell !== request.uri) return withoutCredential({ ...request, uri: shell })
    const directory = directoryOf(request)\n`,
      ],
    ],
  },
  {
    name: 'star-crosses-slash',
    class: 'path',
    cwe: 'CWE-155',
    source: 'CWE-155',
    policy: parts,
    edits: [
      [
        `  const rest = parts.at(-1) === '*'\n`,
        `  const rest = parts.at(-1) === '*'
  const text = (part: string) => part.replace(/[.*+?]/g, (sign) => (sign === '*' ? '.+' : '\\\\' + sign))
  if (!route.path.includes('{') && new RegExp('^' + text(parts.join('/')) + '$').test(segments.join('/'))) return true\n`,
      ],
    ],
  },
  {
    name: 'star-is-nothing',
    class: 'path',
    cwe: 'CWE-1023',
    source: 'CWE-1023',
    policy: parts,
    edits: [[isLong, `segment.length >= before.length + after.length && `]],
  },
  {
    name: 'suffix-overlaps-prefix',
    class: 'path',
    cwe: 'CWE-1023',
    source: 'CWE-1023',
    policy: parts,
    edits: [[around, `return segment !== before + after && segment.startsWith(before) && segment.endsWith(after)`]],
  },
  {
    name: 'suffix-alone',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: parts,
    edits: [[around, `return ${isLong}segment.endsWith(after)`]],
  },
  {
    name: 'prefix-alone',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: parts,
    edits: [[around, `return ${isLong}segment.startsWith(before)`]],
  },
  {
    name: 'shorter-prefix-wins',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CVE-2022-22978',
    policy: parts,
    edits: [
      [`return \`2\${length(before)}\${length(after)}\``, `return \`2\${1000 + before.length}\${length(after)}\``],
    ],
  },
  {
    name: 'suffix-length-ignored',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CVE-2022-22978',
    policy: parts,
    edits: [[`return \`2\${length(before)}\${length(after)}\``, `return \`2\${length(before)}\``]],
  },
  {
    name: 'middle-star-beats-capture',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CVE-2022-22978',
    policy: parts,
    edits: [[`index === all.length - 1 ? '4' : '3'`, `index === all.length - 1 ? '4' : part === '*' ? '2a' : '3'`]],
  },
  {
    name: 'own-file-by-prefix',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: parts,
    edits: [
      [
        compares,
        `return captureValues(open, claims, groups).some((value) => segment.startsWith(before + spell(value, route)))`,
      ],
    ],
  },
  {
    name: 'own-file-by-substring',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: parts,
    edits: [
      [compares, `return captureValues(open, claims, groups).some((value) => wanted.includes(spell(value, route)))`],
    ],
  },
  {
    name: 'plus-kept-in-text',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CWE-172',
    policy: parts,
    edits: [[`  return (\n    findRoute(others) === route &&\n`, `  return (\n`]],
  },
  {
    name: 'plus-refused-under-star',
    class: 'benign',
    cwe: 'CWE-436',
    source: 'CWE-172',
    policy: parts,
    edits: [[`!isCapture(part) || same(`, `placeIn(part).open === '' || same(`]],
  },
  {
    name: 'slash-before-path-is-read',
    class: 'path',
    cwe: 'CWE-601',
    source: 'CVE-2021-31920',
    policy: rootOfDirectories,
    edits: [
      [
        `  const segments = pathSegments(uri)\n  return !findRoute`,
        `  const segments = uri.split(/[/\\\\]+/).slice(1)\n  return !findRoute`,
      ],
      [decidesDirectory, `      await authorize({ ...request, uri: directory.replace(/[/\\\\]+/g, '/') })\n`],
    ],
  },
  {
    name: 'slash-for-everybody',
    class: 'path',
    cwe: 'CWE-862',
    source: 'CWE-862',
    policy: siteWithLogin,
    edits: [[decidesDirectory, '']],
  },
  {
    name: 'slash-may-be-stored',
    class: 'path',
    cwe: 'CWE-525',
    source: 'RFC 9111 5.2.2.5',
    policy: site,
    edits: [
      [
        `response(302, { 'cache-control': 'no-store', ...corsFields(headers), location })`,
        `response(302, { 'cache-control': 'max-age=600', ...corsFields(headers), location })`,
      ],
    ],
  },
  {
    name: 'slash-query-decoded',
    class: 'path',
    cwe: 'CWE-113',
    source: 'CWE-113',
    policy: site,
    edits: [
      [
        `  const location = [...\`\${directory}\${query}\`].map((one) => (/[!-~]/.test(one) ? one : encoded(one))).join('')\n`,
        `  const location = directory + query.replace(/%(0a|0d)/gi, (text) => decodeURIComponent(text))\n`,
      ],
    ],
  },
  {
    name: 'slash-keeps-token',
    class: 'credentials',
    cwe: 'CWE-598',
    source: 'RFC 6750 5.3',
    policy: site,
    edits: [[`querystring === '' || holdsToken(querystring) ? ''`, `querystring === '' ? ''`]],
  },
  {
    name: 'fetch-sent-to-log-in',
    class: 'headers',
    cwe: 'CWE-346',
    source: 'Fetch standard 3.2.5',
    policy: siteWithLogin,
    edits: [[` && ${navigates}`, '']],
  },
  {
    name: 'fetch-for-html-sent-to-log-in',
    class: 'headers',
    cwe: 'CWE-346',
    source: 'CWE-346',
    policy: siteWithLogin,
    edits: [
      [
        `  if (!mode && !dest) return accept`,
        `  if (accept.some(({ value }) => /html/.test(value))) return true\n  if (!mode && !dest) return accept`,
      ],
    ],
  },
  {
    name: 'frame-sent-to-log-in',
    class: 'headers',
    cwe: 'CWE-1021',
    source: 'CWE-1021',
    policy: siteWithLogin,
    edits: [[`(!dest || single(headers, 'sec-fetch-dest') === 'document')`, `true`]],
  },
  {
    name: 'forbidden-sent-to-log-in',
    class: 'path',
    cwe: 'CWE-835',
    source: 'CWE-835',
    policy: siteWithLogin,
    edits: [
      [`page, ...answer } = POLICY.deny?.[kind] ?? {}`, `page, ...answer } = POLICY.deny?.unauthenticated ?? {}`],
    ],
  },
  {
    name: 'way-back-keeps-token-in-query',
    class: 'credentials',
    cwe: 'CWE-598',
    source: 'RFC 6750 5.3',
    policy: siteWithLogin,
    edits: [[`returnQuery && querystring !== '' && !holdsToken(querystring)`, `returnQuery && querystring !== ''`]],
  },
  {
    name: 'way-back-keeps-token-in-path',
    class: 'credentials',
    cwe: 'CWE-598',
    source: 'CWE-598',
    policy: siteWithLogin,
    edits: [[`holdsToken(uri) || way.length > 1024`, `way.length > 1024`]],
  },
  {
    name: 'way-back-looked-at-undecoded',
    class: 'credentials',
    cwe: 'CWE-172',
    source: 'CWE-172',
    policy: siteWithLogin,
    edits: [[`isHeld || (plain !== text && holdsToken(plain))`, `isHeld`]],
  },
  {
    name: 'way-back-on-host',
    class: 'headers',
    cwe: 'CWE-644',
    source: 'CWE-644',
    policy: siteWithLogin,
    edits: [
      [
        `\${encoded(way)}`,
        `\${encoded('https://' + (single(headers, 'x-forwarded-host') || single(headers, 'host')) + way)}`,
      ],
      [`{ uri, querystring }: ViewerRequest): string {`, `{ uri, querystring, headers }: ViewerRequest): string {`],
    ],
  },
  {
    name: 'way-back-not-encoded',
    class: 'headers',
    cwe: 'CWE-116',
    source: 'RFC 3986 2.1',
    policy: siteWithLogin,
    edits: [[`\${encoded(way)}`, `\${way}`]],
  },
  {
    name: 'page-names-path',
    class: 'headers',
    cwe: 'CWE-79',
    source: 'CWE-79',
    policy: site,
    edits: page(`request.method === 'HEAD' ? '' : page + '<p>' + request.uri`),
  },
  {
    name: 'page-has-placeholder',
    class: 'headers',
    cwe: 'CWE-79',
    source: 'CWE-79',
    policy: site,
    edits: page(
      `request.method === 'HEAD' ? '' : page.replace('{path}', () => decoded(request.uri).replaceAll('<', '&lt;'))`,
    ),
  },
  {
    name: 'page-filled-from-query',
    class: 'headers',
    cwe: 'CWE-79',
    source: 'CWE-79',
    policy: site,
    edits: page(
      `request.method === 'HEAD' ? '' : page.replace('{message}', () => new URLSearchParams(request.querystring).get('message') ?? '')`,
    ),
  },
  {
    name: 'origin-by-end-of-host',
    class: 'headers',
    cwe: 'CWE-942',
    source: 'CWE-942',
    policy: site,
    edits: [[named, `  return origin.startsWith(scheme) && origin.endsWith(domain.slice(1))\n`]],
  },
  {
    name: 'origin-by-pattern',
    class: 'headers',
    cwe: 'CWE-942',
    source: 'CWE-625',
    policy: site,
    edits: [[named, `  return new RegExp('^' + named.replace('*', '[^/]+') + '$').test(origin)\n`]],
  },
]
