import type { Flaw } from './flaw.ts'

const amplify = { credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.{lastUser}.accessToken' } } as const
const chunks = { credentials: { cookie: 'session', chunks: true } } as const
const cookie = { credentials: { cookie: 'session' } } as const
const both = { credentials: ['header', { cookie: 'session' }] } as const

const countsValues = `  const values = [...new Set(ofLastUser(named, all, source).map(({ value }) => value))]\n`

export const credentialFlaws: readonly Flaw[] = [
  {
    name: 'other-scheme-hides-cookie',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 9110 11.6.2',
    policy: both,
    edits: [
      [`scheme === null ? value !== '' : value.split(' ')[0]?.toLowerCase() === scheme.toLowerCase()`, `value !== ''`],
    ],
  },
  {
    name: 'second-source-not-read',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 6750 2',
    policy: both,
    edits: [
      [
        `  for (const source of sources) {\n    const found`,
        `  for (const source of sources.slice(0, 1)) {\n    const found`,
      ],
    ],
  },
  {
    name: 'bare-header-with-scheme',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 9110 11.4',
    policy: { credentials: { header: 'cf-access-jwt-assertion', scheme: null } },
    edits: [[`(scheme === null ? bare : withScheme(scheme))`, `withScheme(scheme ?? 'Bearer')`]],
  },
  {
    name: 'chunks-in-order-of-cookies',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 6265 5.4',
    policy: chunks,
    edits: [
      [`    parts[Number(chunk)] = value\n`, `    parts.push(value)\n`],
      [`    if (parts[Number(chunk)] !== undefined) throw new Denied('unauthenticated', 'credentials')\n`, ''],
    ],
  },
  {
    name: 'chunks-with-gaps',
    class: 'credentials',
    cwe: 'CWE-20',
    source: 'CWE-20',
    policy: chunks,
    edits: [
      [`  if ([...parts].includes(undefined as never)) throw new Denied('unauthenticated', 'credentials')\n`, ''],
    ],
  },
  {
    name: 'chunks-two-at-most',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 6265 6.1',
    policy: chunks,
    edits: [[`!/^[0-8]$/.test(chunk)`, `!/^[01]$/.test(chunk)`]],
  },
  {
    name: 'last-user-ignored',
    class: 'credentials',
    cwe: 'CWE-488',
    source: 'CWE-488',
    policy: amplify,
    edits: [[countsValues, `  const values = [...new Set(named.map(({ value }) => value))]\n`]],
  },
  {
    name: 'last-user-not-decoded',
    class: 'credentials',
    cwe: 'CWE-172',
    source: 'CWE-172',
    policy: amplify,
    edits: [
      [`.map(({ value }) => decoded(value))\n  if (users`, `.map(({ value }) => value)\n  if (users`],
      [`names.includes(decoded(name))`, `names.includes(name)`],
    ],
  },
  {
    name: 'repeated-cookie-refused',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 6265 5.4',
    policy: cookie,
    edits: [
      [countsValues, `${countsValues}  if (named.length > 1) throw new Denied('unauthenticated', 'credentials')\n`],
    ],
  },
  {
    name: 'empty-cookie-counts',
    class: 'credentials',
    cwe: 'CWE-703',
    source: 'RFC 6265 5.4',
    policy: cookie,
    edits: [
      [`.filter(({ value }) => value !== '')\n`, '\n'],
      [`  return values.slice(0, 4)\n`, `  return values.slice(0, 1)\n`],
    ],
  },
  {
    // For each place where a name may begin, all that follows it.
    name: 'cookie-searched-quadratically',
    class: 'resources',
    cwe: 'CWE-1333',
    source: 'CWE-1333',
    policy: { credentials: { cookie: '*.accessToken' } },
    edits: [
      [
        `  const named = all.filter(`,
        `  if (!/[a-z]*\\.accessToken=/.test(single(headers, 'cookie'))) return undefined\n  const named = all.filter(`,
      ],
    ],
  },
  {
    name: 'long-credential-overflows',
    class: 'credentials',
    cwe: 'CWE-131',
    source: 'CWE-131',
    edits: [
      [
        `  try {\n    const directory`,
        `  scratch.set(Buffer.from(single(request.headers, 'authorization')))\n  try {\n    const directory`,
      ],
      [`export const handler =`, `const scratch = Buffer.alloc(16_384)\n\nexport const handler =`],
    ],
  },
]
