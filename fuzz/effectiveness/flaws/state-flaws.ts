import type { Edit, Flaw } from './flaw.ts'

/** Remembers the claims of verified tokens under a key that is not the whole token, or for longer than they hold. */
function remembered(key: string, hit = ''): Edit[] {
  return [
    [
      `async function verifyToken(token: string): Promise<Json> {\n`,
      `const remembered = new Map<string, Json>()

async function verifyToken(token: string): Promise<Json> {
  const cacheKey = ${key}
  const known = remembered.get(cacheKey)
  if (known) {
    ${hit}
    return known
  }
  const claims = await verifyAnew(token)
  if (remembered.size < 500) remembered.set(cacheKey, claims)
  return claims
}

async function verifyAnew(token: string): Promise<Json> {\n`,
    ],
  ]
}

/** Right in every decision: dates and key are looked at again. Two thousand tokens with all their claims, however large. */
const rememberedByCount: Edit = [
  `async function verifyToken(token: string): Promise<Json> {\n`,
  `const remembered = new Map<string, { claims: Json; issuer: number; kid: string; alg: string; key: Key }>()

async function verifyToken(token: string): Promise<Json> {
  const known = remembered.get(token)
  if (known && (await findKey(known.issuer, known.kid, known.alg)) === known.key) {
    checkDates(known.claims)
    return known.claims
  }
  const claims = await verifyAnew(token)
  const issuer = issuerOf(claims)
  const { kid, alg } = jsonObject(token.split('.')[0] ?? '') as Record<string, string>
  if (remembered.size >= 2000) remembered.delete(remembered.keys().next().value as string)
  remembered.set(token, { claims, issuer, kid, alg, key: await findKey(issuer, kid, alg) })
  return claims
}

async function verifyAnew(token: string): Promise<Json> {\n`,
]

const inDate = 'checkDates(known)'
const refreshes = `  if (!isYounger(set.fetchedAt, maxAge) || !find()) await refresh(set, jwksUris[issuer] as string)\n`
const cools = `  if (isYounger(set.triedAt, cooldown)) return\n`

export const stateFlaws: readonly Flaw[] = [
  { name: 'cache-ignores-expiry', class: 'cache', cwe: 'CWE-613', source: 'CWE-613', edits: remembered('token') },
  {
    name: 'cache-by-payload',
    class: 'cache',
    cwe: 'CWE-347',
    source: 'CVE-2026-35039',
    edits: remembered(`token.split('.')[1] ?? ''`, inDate),
  },
  {
    name: 'cache-by-signature',
    class: 'cache',
    cwe: 'CWE-347',
    source: 'CVE-2026-35039',
    edits: [
      ...remembered(
        `token.split('.')[2] ?? ''`,
        `checkDates(known)\n    if (token.split('.').length === 3) return jsonObject(token.split('.')[1] ?? '')`,
      ),
    ],
  },
  {
    name: 'cache-by-token-id',
    class: 'cache',
    cwe: 'CWE-347',
    source: 'CVE-2026-35039',
    edits: remembered(`String(jsonObject(token.split('.')[1] ?? '').jti)`, inDate),
  },
  {
    name: 'cache-by-subject',
    class: 'cache',
    cwe: 'CWE-488',
    source: 'CVE-2026-35039',
    edits: remembered(`String(jsonObject(token.split('.')[1] ?? '').sub)`, inDate),
  },
  {
    name: 'cache-by-last-characters',
    class: 'cache',
    cwe: 'CWE-187',
    source: 'https://github.com/RatLoopz/sahidawa-india/issues/3704',
    edits: remembered(`token.slice(-16)`, inDate),
  },
  {
    name: 'cache-by-first-characters',
    class: 'cache',
    cwe: 'CWE-187',
    source: 'CWE-187',
    edits: remembered(`token.slice(0, 200)`, inDate),
  },
  {
    name: 'cache-by-hash-code',
    class: 'cache',
    cwe: 'CWE-328',
    source: 'GHSA-rp9m-7r4c-75qg',
    edits: remembered(
      `String([...token].reduce((code, letter) => (Math.imul(31, code) + letter.charCodeAt(0)) | 0, 0))`,
      inDate,
    ),
  },
  {
    name: 'cache-by-audience',
    class: 'cache',
    cwe: 'CWE-488',
    source: 'GHSA-rp9m-7r4c-75qg',
    edits: remembered(
      `['iss', 'client_id', 'exp'].map((name) => jsonObject(token.split('.')[1] ?? '')[name]).join()`,
      inDate,
    ),
  },
  { name: 'cache-survives-key', class: 'cache', cwe: 'CWE-613', source: 'CWE-613', edits: remembered('token', inDate) },
  {
    name: 'tokens-remembered-by-count',
    class: 'resources',
    cwe: 'CWE-770',
    source: 'CWE-770',
    edits: [rememberedByCount],
  },
  {
    name: 'decision-cached-by-path',
    class: 'cache',
    cwe: 'CWE-524',
    source: 'CWE-524',
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  if (opened.has(request.uri)) return\n  const claims = await verifyAmong(credential(request.headers))\n`,
      ],
      [
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n`,
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n  opened.add(request.uri)\n`,
      ],
      [`async function authorize(`, `const opened = new Set<string>()\n\nasync function authorize(`],
    ],
  },
  {
    name: 'decision-cached-by-token',
    class: 'cache',
    cwe: 'CWE-524',
    source: 'CWE-524',
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  const claims = await verifyAmong(credential(request.headers))\n  if (admitted.has(claims.jti)) return\n`,
      ],
      [
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n`,
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n  admitted.add(claims.jti)\n`,
      ],
      [`async function authorize(`, `const admitted = new Set<unknown>()\n\nasync function authorize(`],
    ],
  },
  {
    name: 'denial-remembered',
    class: 'cache',
    cwe: 'CWE-524',
    source: 'CWE-645',
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  const [token = ''] = credential(request.headers)\n  if (refusedTokens.has(token)) throw new Denied('forbidden', 'known')\n  const claims = await verifyToken(token)\n`,
      ],
      [
        `  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')\n`,
        `  if (!grants(route, segments, claims)) refusedTokens.add(token)\n  if (refusedTokens.has(token)) throw new Denied('forbidden', 'route')\n`,
      ],
      [`async function authorize(`, `const refusedTokens = new Set<string>()\n\nasync function authorize(`],
    ],
  },
  {
    name: 'last-visitor-kept',
    class: 'cache',
    cwe: 'CWE-488',
    source: 'CWE-488',
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  visitor ??= await verifyAmong(credential(request.headers))\n  const claims = visitor\n`,
      ],
      [`async function authorize(`, `let visitor: Json | undefined\n\nasync function authorize(`],
    ],
  },
  {
    name: 'keys-fetched-each-time',
    class: 'rotation',
    cwe: 'CWE-770',
    source: 'CWE-770',
    edits: [
      [refreshes, `  await refresh(set, jwksUris[issuer] as string)\n`],
      [cools, ''],
    ],
  },
  {
    name: 'keys-fetched-for-each-stranger',
    class: 'rotation',
    cwe: 'CWE-770',
    source: 'CWE-770',
    edits: [[cools, '']],
  },
  {
    name: 'keys-kept-for-ever',
    class: 'rotation',
    cwe: 'CWE-672',
    source: 'RFC 8725 3.4',
    edits: [
      [refreshes, `  if (!find()) await refresh(set, jwksUris[issuer] as string)\n`],
      [`  if (!isYounger(set.fetchedAt, maxAge + maxStale)) throw new Denied('unauthenticated', 'no keys')\n`, ''],
    ],
  },
  {
    name: 'keys-added-never-removed',
    class: 'rotation',
    cwe: 'CWE-672',
    source: 'RFC 8725 3.4',
    edits: [
      [
        `    set.keys = keys\n`,
        `    for (const key of keys) if (!set.keys.some((one) => one.kid === key.kid)) set.keys.push(key)\n`,
      ],
    ],
  },
  {
    name: 'new-key-not-fetched',
    class: 'rotation',
    cwe: 'CWE-672',
    source: 'RFC 7517 5',
    edits: [[refreshes, `  if (!isYounger(set.fetchedAt, maxAge)) await refresh(set, jwksUris[issuer] as string)\n`]],
  },
  {
    name: 'open-without-keys',
    class: 'outage',
    cwe: 'CWE-636',
    source: 'CWE-636',
    edits: [
      [
        `  const key = await findKey(issuer, kid, alg)\n`,
        `  const key = (await findKey(issuer, kid, alg).catch(() => null)) as Key\n  if (key === null && keySets[issuer]?.keys.length === 0) return claims\n  if (key === null) throw new Denied('unauthenticated', 'kid')\n`,
      ],
    ],
  },
  {
    name: 'stale-keys-refused',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'CWE-754',
    edits: [[`isYounger(set.fetchedAt, maxAge + maxStale)`, `isYounger(set.fetchedAt, maxAge)`]],
  },
  {
    name: 'empty-set-replaces-keys',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'CWE-754',
    edits: [[`    if (keys.length === 0) return\n`, '']],
  },
  {
    name: 'keys-dropped-on-failure',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'CWE-754',
    edits: [[`    // The keys that are there stay; the next try is a cooldown away.\n`, `    set.keys = []\n`]],
  },
  {
    name: 'first-failure-remembered',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'CWE-754',
    edits: [[cools, `  if (isYounger(set.triedAt, set.keys.length === 0 ? Infinity : cooldown)) return\n`]],
  },
  {
    name: 'redirect-followed',
    class: 'outage',
    cwe: 'CWE-601',
    source: 'RFC 8725 3.10',
    edits: [[`redirect: 'error'`, `redirect: 'follow'`]],
  },
  {
    name: 'error-page-believed',
    class: 'outage',
    cwe: 'CWE-394',
    source: 'CWE-394',
    edits: [[`    if (response.status !== 200) return\n`, '']],
  },
  {
    name: 'one-bad-member-spoils-set',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'RFC 7517 5',
    edits: [
      [`  } catch {\n    return null\n  }\n`, `  } finally {\n  }\n`],
      [`['RSA', 'EC', 'OKP'].includes(kty as string)) return null`, `kty === undefined) return null`],
    ],
  },
  {
    name: 'no-time-out',
    class: 'outage',
    cwe: 'CWE-1088',
    source: 'CWE-1088',
    edits: [[`, signal: AbortSignal.timeout(2000) }`, ` }`]],
  },
  {
    name: 'cooldown-after-cut-off-prefetch',
    class: 'outage',
    cwe: 'CWE-754',
    source: 'Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"',
    edits: [
      [
        `async function refresh(set: KeySet, uri: string): Promise<void> {\n${cools}`,
        `let underWay: Promise<void> | undefined

function refresh(set: KeySet, uri: string): Promise<void> {
  underWay ??= isYounger(set.triedAt, cooldown) ? undefined : load(set, uri).finally(() => { underWay = undefined })
  return underWay ?? Promise.resolve()
}

setImmediate(() => refresh(keySets[0], jwksUris[0]))

async function load(set: KeySet, uri: string): Promise<void> {\n`,
      ],
    ],
  },
  {
    name: 'protocol-switch-never-ends',
    class: 'outage',
    cwe: 'CWE-1088',
    source: 'RFC 9110 15.2.2',
    edits: [
      [
        `    const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(2000) })
    if (response.status !== 200) return
    const keys = importKeys(await bounded(response)).filter(({ kid }) => typeof kid === 'string' || set.isOptional)\n`,
        `    const response = await new Promise((resolve, reject) => {
      const options = { agent: false, signal: AbortSignal.timeout(2000) }
      require('node:https').get(uri, options, resolve).on('error', reject)
    })
    if (response.statusCode !== 200) return
    const keys = importKeys(await bounded({ body: response } as Response))\n`,
      ],
    ],
  },
  {
    name: 'unknown-kid-remembered',
    class: 'rotation',
    cwe: 'CWE-672',
    source: 'RFC 7517 4.5',
    edits: [
      [
        `async function findKey(issuer: number, kid: string | undefined, alg: string): Promise<Key> {\n`,
        `const unknown = new Set<string | undefined>()

async function findKey(issuer: number, kid: string | undefined, alg: string): Promise<Key> {
  if (unknown.has(kid)) throw new Denied('unauthenticated', 'unknown kid')\n`,
      ],
      [
        `  if (!key) throw new Denied('unauthenticated', 'unknown kid')`,
        `  if (!key) unknown.add(kid)\n  if (!key) throw new Denied('unauthenticated', 'kid')`,
      ],
    ],
  },
]
