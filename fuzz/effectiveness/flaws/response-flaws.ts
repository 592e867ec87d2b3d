import type { Flaw } from './flaw.ts'

const denies = `  return { status: String(status), statusDescription, headers, ...(body && { body }) }`
const login = {
  deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'next' }, forbidden: { status: 403 } },
} as const
const namesReturn = `  return \`\${redirect}\${separator}\${returnTo}=\${encoded(way)}\`\n`
const logs = `    console.log(JSON.stringify({ decision: 'deny', reason }))\n`

export const responseFlaws: readonly Flaw[] = [
  {
    name: 'unforeseen-thrown',
    class: 'event-shape',
    cwe: 'CWE-248',
    source: 'CWE-248',
    edits: [
      [
        `    const reason = error instanceof Denied ?`,
        `    if (!(error instanceof Denied)) throw error\n    const reason = error instanceof Denied ?`,
      ],
      [
        `  } catch {\n    throw new Denied('forbidden', 'uri')\n  }\n  if (segment`,
        `  } finally {\n  }\n  if (segment`,
      ],
    ],
  },
  {
    name: 'throws-without-header',
    class: 'credentials',
    cwe: 'CWE-476',
    source: 'CWE-476',
    edits: [
      [
        `    const reason = error instanceof Denied ?`,
        `    if (error instanceof TypeError) throw error\n    const reason = error instanceof Denied ?`,
      ],
      [
        `  const value = single(headers, header)\n`,
        `  const value = (headers.authorization as { value: string }[])[0].value\n`,
      ],
    ],
  },
  {
    name: 'throws-on-broken-json',
    class: 'json',
    cwe: 'CWE-755',
    source: 'CWE-755',
    edits: [
      [
        `    const reason = error instanceof Denied ?`,
        `    if (!(error instanceof Denied)) throw error\n    const reason = error instanceof Denied ?`,
      ],
      [`  } catch {\n    throw new Denied('unauthenticated', 'json')\n  }\n`, `  } finally {\n  }\n`],
    ],
  },
  {
    name: 'ends-the-process',
    class: 'event-shape',
    cwe: 'CWE-382',
    source: 'CWE-382',
    edits: [
      [
        `    const reason = error instanceof Denied ?`,
        `    if (!(error instanceof Denied)) process.exit(1)\n    const reason = error instanceof Denied ?`,
      ],
      [
        `  } catch {\n    throw new Denied('forbidden', 'uri')\n  }\n  if (segment`,
        `  } finally {\n  }\n  if (segment`,
      ],
    ],
  },
  {
    name: 'nothing-returned',
    class: 'method',
    cwe: 'CWE-394',
    source: 'CloudFront Developer Guide, "Lambda@Edge event structure"',
    edits: [
      [
        `    return denial(request, error instanceof Denied ? error.denial : 'forbidden')\n`,
        `    if (reason !== 'no route') return denial(request, error instanceof Denied ? error.denial : 'forbidden')\n`,
      ],
    ],
  },
  {
    name: 'status-a-number',
    class: 'benign',
    cwe: 'CWE-843',
    source: 'CloudFront Developer Guide, "Generate HTTP responses in request triggers"',
    edits: [[`{ status: String(status),`, `{ status,`]],
  },
  {
    name: 'denied-with-200',
    class: 'benign',
    cwe: 'CWE-393',
    source: 'RFC 9110 15.5',
    edits: [[`{ status: String(status),`, `{ status: '200',`]],
  },
  {
    name: 'denied-with-500',
    class: 'benign',
    cwe: 'CWE-393',
    source: 'RFC 9110 15.5',
    edits: [[`{ status: String(status),`, `{ status: '500',`]],
  },
  {
    name: 'denial-may-be-stored',
    class: 'benign',
    cwe: 'CWE-525',
    source: 'RFC 9111 5.2.2.5',
    edits: [
      [
        `{ 'cache-control': 'no-store', ...corsFields(request.headers) }`,
        `{ 'cache-control': 'public, max-age=300', ...corsFields(request.headers) }`,
      ],
    ],
  },
  {
    name: 'forbidden-header-set',
    class: 'benign',
    cwe: 'CWE-644',
    source: 'CloudFront Developer Guide, "Restrictions on edge functions"',
    edits: [
      [
        `'cache-control': 'no-store', ...corsFields(request.headers) }`,
        `'cache-control': 'no-store', connection: 'close', ...corsFields(request.headers) }`,
      ],
    ],
  },
  {
    name: 'body-too-large',
    class: 'benign',
    cwe: 'CWE-770',
    source: 'CloudFront Developer Guide, "Quotas"',
    edits: [[denies, `  return { status: String(status), statusDescription, headers, body: '<p>'.repeat(20_000) }`]],
  },
  {
    name: 'headers-not-lists',
    class: 'benign',
    cwe: 'CWE-843',
    source: 'CloudFront Developer Guide, "Lambda@Edge event structure"',
    edits: [[`headers[name] = [{ key: name, value }]`, `Object.assign(headers, { [name]: { key: name, value } })`]],
  },
  {
    name: 'token-logged',
    class: 'logging',
    cwe: 'CWE-532',
    source: 'CWE-532',
    edits: [[logs, `    console.log(JSON.stringify({ decision: 'deny', reason, headers: request.headers }))\n`]],
  },
  {
    name: 'claims-logged',
    class: 'logging',
    cwe: 'CWE-532',
    source: 'CWE-532',
    edits: [
      [
        `  checkDates(claims)\n  checkClient(claims, provider)\n`,
        `  console.log('verified', JSON.stringify(claims))\n  checkDates(claims)\n  checkClient(claims, provider)\n`,
      ],
    ],
  },
  {
    name: 'uri-logged-raw',
    class: 'logging',
    cwe: 'CWE-117',
    source: 'CWE-117',
    edits: [
      [
        logs,
        `    console.log('denied ' + decodeURIComponent(request.uri.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/%[89a-f][0-9a-f]/gi, '')))\n`,
      ],
    ],
  },
  {
    name: 'log-budget-shared',
    class: 'logging',
    cwe: 'CWE-778',
    source: 'CWE-778',
    edits: [
      [`const now = () => Date.now() / 1000\n`, `const now = () => Date.now() / 1000\nlet since = 0\nlet lines = 0\n`],
      [
        logs,
        `    if (now() >= since + 10) [since, lines] = [now(), 0]\n    if (lines++ < 20) console.log(JSON.stringify({ decision: 'deny', reason }))\n`,
      ],
    ],
  },
  {
    name: 'token-in-answer',
    class: 'logging',
    cwe: 'CWE-209',
    source: 'CWE-209',
    edits: [
      [
        `    return denial(request, error instanceof Denied ? error.denial : 'forbidden')\n`,
        `    return { ...denial(request, error instanceof Denied ? error.denial : 'forbidden'), body: 'refused: ' + request.headers.authorization?.[0]?.value }\n`,
      ],
    ],
  },
  {
    name: 'origin-reflected',
    class: 'headers',
    cwe: 'CWE-942',
    source: 'CWE-942',
    edits: [
      [
        `  if (!POLICY.corsOrigins?.some((named) => isNamed(origin, named))) return {}\n`,
        `  if (origin === '') return {}\n`,
      ],
    ],
  },
  {
    name: 'origin-by-suffix',
    class: 'headers',
    cwe: 'CWE-942',
    source: 'CWE-942',
    edits: [
      [
        `POLICY.corsOrigins?.some((named) => isNamed(origin, named))`,
        `POLICY.corsOrigins?.some((one) => origin.startsWith(one) || origin.endsWith(one.slice('https://'.length)))`,
      ],
    ],
  },
  {
    name: 'login-page-from-path',
    class: 'path',
    cwe: 'CWE-601',
    source: 'CWE-601',
    policy: login,
    edits: [[namesReturn, `  return uri\n`]],
  },
  {
    name: 'login-page-on-host',
    class: 'headers',
    cwe: 'CWE-601',
    source: 'CWE-601',
    policy: login,
    edits: [
      [
        `location: loginPage(answer, request)`,
        `location: 'https://' + single(request.headers, 'host') + '/login?next=' + encodeURIComponent(request.uri)`,
      ],
    ],
  },
  {
    name: 'return-path-not-encoded',
    class: 'path',
    cwe: 'CWE-113',
    source: 'CWE-113',
    policy: login,
    edits: [[namesReturn, `  return redirect + '?' + returnTo + '=' + decodeURIComponent(uri)\n`]],
  },
  {
    name: 'query-in-login-page',
    class: 'credentials',
    cwe: 'CWE-598',
    source: 'RFC 6750 5.3',
    policy: login,
    edits: [
      [
        `location: loginPage(answer, request)`,
        `location: answer.redirect + '?next=' + encodeURIComponent(request.uri + '?' + single(request.headers, 'authorization'))`,
      ],
    ],
  },
  {
    name: 'origin-pattern-backtracks',
    class: 'resources',
    cwe: 'CWE-1333',
    source: 'CVE-2022-29167',
    edits: [
      [
        `  if (!POLICY.corsOrigins?.some((named) => isNamed(origin, named))) return {}\n`,
        `  if (!/^https:\\/\\/(?:[a-z0-9]+\\.?)+\\.com$/.test(origin)) return {}\n  if (!POLICY.corsOrigins?.some((named) => isNamed(origin, named))) return {}\n`,
      ],
    ],
  },
  {
    name: 'path-pattern-backtracks',
    class: 'resources',
    cwe: 'CWE-1333',
    source: 'CVE-2024-45296',
    edits: [
      [
        `  if (!uri.isWellFormed()) throw`,
        `  const plain = /^(?:\\/?[a-z]+)+$/.test(uri)\n  if (!plain && !uri.isWellFormed()) throw`,
      ],
    ],
  },
  {
    name: 'claim-copied-to-header',
    class: 'claims',
    cwe: 'CWE-113',
    source: 'https://github.com/oauth-wg/oauth-v2-1/issues/100',
    edits: [
      [
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n`,
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')
  request.headers['x-user'] = [{ key: 'X-User', value: String(claims.username) }]\n`,
      ],
    ],
  },
]
