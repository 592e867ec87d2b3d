import type { Edit, Flaw } from './flaw.ts'

const readsHeader = `  const value = single(headers, header)\n`
const matchesHeader = `const match = (scheme === null ? bare : withScheme(scheme)).exec(value)`
const passesPreflight = `  if (isPreflight(request)) return\n`

/** Lets a request through before anything is decided. */
function openWhen(condition: string): Edit[] {
  return [[passesPreflight, `  if (isPreflight(request)) return\n  if (${condition}) return\n`]]
}

/** Decides by another path than the one that is asked for. */
function decidesBy(header: string): Edit[] {
  return [
    [
      `  const segments = pathSegments(request.uri)\n`,
      `  const segments = pathSegments(single(request.headers, '${header}') || request.uri)\n`,
    ],
  ]
}

const cookie = { credentials: { cookie: 'session.token' } } as const

export const requestFlaws: readonly Flaw[] = [
  {
    name: 'x-original-url-obeyed',
    class: 'headers',
    cwe: 'CWE-290',
    source: 'CVE-2018-14773',
    edits: decidesBy('x-original-url'),
  },
  {
    name: 'x-rewrite-url-obeyed',
    class: 'headers',
    cwe: 'CWE-290',
    source: 'CVE-2018-14773',
    edits: decidesBy('x-rewrite-url'),
  },
  {
    name: 'x-forwarded-uri-obeyed',
    class: 'headers',
    cwe: 'CWE-290',
    source: 'CVE-2026-40575',
    edits: decidesBy('x-forwarded-uri'),
  },
  {
    name: 'subrequest-header-obeyed',
    class: 'headers',
    cwe: 'CWE-285',
    source: 'CVE-2025-29927',
    edits: openWhen(`(request.headers['x-middleware-subrequest']?.[0]?.value ?? '').includes('middleware')`),
  },
  {
    name: 'method-override-obeyed',
    class: 'headers',
    cwe: 'CWE-287',
    source: 'CVE-2023-30845',
    edits: openWhen(`(request.headers['x-http-method-override']?.[0]?.value ?? request.method) === 'OPTIONS'`),
  },
  {
    name: 'local-address-trusted',
    class: 'headers',
    cwe: 'CWE-290',
    source: 'CWE-348',
    edits: openWhen(`single(request.headers, 'x-forwarded-for').startsWith('127.')`),
  },
  {
    name: 'user-agent-trusted',
    class: 'headers',
    cwe: 'CWE-290',
    source: 'CWE-290',
    edits: openWhen(`/HealthChecker|CloudFront/.test(single(request.headers, 'user-agent'))`),
  },
  {
    name: 'referer-trusted',
    class: 'headers',
    cwe: 'CWE-293',
    source: 'CWE-293',
    edits: openWhen(`single(request.headers, 'referer').includes('/public/')`),
  },
  {
    name: 'options-open',
    class: 'preflight',
    cwe: 'CWE-284',
    source: 'CWE-650',
    edits: openWhen(`request.method === 'OPTIONS'`),
  },
  {
    name: 'preflight-by-origin',
    class: 'preflight',
    cwe: 'CWE-346',
    source: 'Fetch standard 4.8',
    edits: openWhen(`request.method === 'OPTIONS' && single(request.headers, 'origin') !== ''`),
  },
  {
    name: 'preflight-by-any-method',
    class: 'preflight',
    cwe: 'CWE-284',
    source: 'Fetch standard 4.8',
    edits: [[`  if (method !== 'OPTIONS') return false\n`, '']],
  },
  {
    name: 'preflight-needs-token',
    class: 'preflight',
    cwe: 'CWE-284',
    source: 'Fetch standard 4.8',
    edits: [[passesPreflight, '']],
  },
  {
    name: 'methods-in-any-case',
    class: 'method',
    cwe: 'CWE-178',
    source: 'RFC 9110 9.1',
    edits: [[`!methods.includes(request.method)`, `!methods.includes(request.method.toUpperCase())`]],
  },
  {
    name: 'methods-not-checked',
    class: 'method',
    cwe: 'CWE-650',
    source: 'CWE-650',
    edits: [[`  if (!methods.includes(request.method)) throw new Denied('forbidden', 'method')\n`, '']],
  },
  {
    name: 'method-open-when-unlisted',
    class: 'method',
    cwe: 'CWE-650',
    source: 'CWE-650',
    edits: [
      [
        `  if (!methods.includes(request.method)) throw new Denied('forbidden', 'method')\n`,
        `  if (!methods.includes(request.method)) return\n`,
      ],
    ],
  },
  {
    name: 'first-of-several-headers',
    class: 'credentials',
    cwe: 'CWE-436',
    source: 'RFC 9110 5.3',
    edits: [[readsHeader, `  const value = headers.authorization?.[0]?.value ?? ''\n`]],
  },
  {
    name: 'last-of-several-headers',
    class: 'credentials',
    cwe: 'CWE-436',
    source: 'RFC 9110 5.3',
    edits: [[readsHeader, `  const value = headers.authorization?.at(-1)?.value ?? ''\n`]],
  },
  {
    name: 'list-of-credentials',
    class: 'credentials',
    cwe: 'CWE-436',
    source: 'RFC 9110 5.3',
    edits: [[readsHeader, `  const value = single(headers, 'authorization').split(',').at(-1)?.trim() ?? ''\n`]],
  },
  {
    name: 'scheme-not-anchored',
    class: 'credentials',
    cwe: 'CWE-777',
    source: 'RFC 6750 2.1',
    edits: [[matchesHeader, `const match = /bearer +([A-Za-z0-9._~+/-]+=*)/i.exec(value)`]],
  },
  {
    name: 'scheme-not-checked',
    class: 'credentials',
    cwe: 'CWE-20',
    source: 'RFC 6750 2.1',
    edits: [[matchesHeader, `const match = /([A-Za-z0-9._~+/-]+=*)$/.exec(value)`]],
  },
  {
    name: 'scheme-in-one-case',
    class: 'credentials',
    cwe: 'CWE-178',
    source: 'RFC 9110 11.1',
    edits: [[matchesHeader, `const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/.exec(value)`]],
  },
  {
    name: 'token-in-query',
    class: 'credentials',
    cwe: 'CWE-598',
    source: 'RFC 6750 2.3',
    edits: [
      [
        `verifyAmong(credential(request.headers))`,
        `verifyAmong([new URLSearchParams(request.querystring).get('access_token') ?? credential(request.headers)].flat())`,
      ],
    ],
  },
  {
    name: 'token-in-cookie-too',
    class: 'credentials',
    cwe: 'CWE-352',
    source: 'RFC 6750 2',
    edits: [
      [
        readsHeader,
        `  const value = single(headers, 'authorization') || 'Bearer ' + cookies(headers).find(({ name }) => name === 'access_token')?.value\n`,
      ],
    ],
  },
  {
    name: 'token-in-other-header',
    class: 'credentials',
    cwe: 'CWE-290',
    source: 'RFC 6750 2',
    edits: [
      [
        readsHeader,
        `  const value = single(headers, 'authorization') || 'Bearer ' + single(headers, 'x-access-token')\n`,
      ],
    ],
  },
  {
    name: 'cookie-name-by-suffix',
    class: 'credentials',
    cwe: 'CWE-187',
    source: 'RFC 6265 5.4',
    policy: cookie,
    edits: [[`if (rest.length === 0) return whole === start`, `if (rest.length === 0) return whole.endsWith(start)`]],
  },
  {
    name: 'cookie-name-as-pattern',
    class: 'credentials',
    cwe: 'CWE-625',
    source: 'RFC 6265 5.4',
    policy: cookie,
    edits: [
      [
        `if (rest.length === 0) return whole === start`,
        `if (rest.length === 0) return new RegExp('^' + start + '$').test(whole)`,
      ],
    ],
  },
  {
    name: 'cookie-name-in-any-case',
    class: 'credentials',
    cwe: 'CWE-178',
    source: 'RFC 6265 5.4',
    policy: cookie,
    edits: [
      [
        `if (rest.length === 0) return whole === start`,
        `if (rest.length === 0) return whole.toLowerCase() === start.toLowerCase()`,
      ],
    ],
  },
  {
    name: 'header-beside-cookie',
    class: 'credentials',
    cwe: 'CWE-290',
    source: 'RFC 6750 2',
    policy: cookie,
    edits: [
      [
        `  for (const source of sources) {\n    const found`,
        `  for (const source of headers.authorization ? [{ header: 'authorization', scheme: 'Bearer' }] : sources) {\n    const found`,
      ],
    ],
  },
  {
    name: 'prefetch-open',
    class: 'headers',
    cwe: 'CWE-288',
    source: 'https://github.com/keurcien/auxilia/pull/265',
    edits: [
      [`  if (route.public) return\n`, `  if (route.public || request.headers['next-router-prefetch']) return\n`],
    ],
  },
  {
    name: 'fonts-open',
    class: 'headers',
    cwe: 'CWE-346',
    source: 'CWE-346',
    edits: [
      [
        `  if (route.public) return\n`,
        `  if (route.public || single(request.headers, 'sec-fetch-dest') === 'font') return\n`,
      ],
    ],
  },
  {
    name: 'token-in-api-key-header',
    class: 'credentials',
    cwe: 'CWE-290',
    source: 'RFC 6750 2',
    edits: [
      [
        readsHeader,
        `  const value = single(headers, 'authorization') || single(headers, 'x-api-key').replace(/^(?!Bearer )/, 'Bearer ')\n`,
      ],
    ],
  },
  {
    name: 'refusal-never-settles',
    class: 'resources',
    cwe: 'CWE-833',
    source: 'CWE-833',
    // A promise that is never rejected: a bad token's request is never answered.
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  const tokens = credential(request.headers)
  const claims = await new Promise<Json>((resolve) => void verifyAmong(tokens).then(resolve, () => {}))\n`,
      ],
    ],
  },
]
