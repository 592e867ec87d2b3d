import type { Edit, Flaw } from './flaw.ts'

/** Looks at a text before it is parsed. */
function limitsJson(look: string): Edit[] {
  return [
    [
      `    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
`,
      `    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  ${look}
    value = JSON.parse(json)
`,
    ],
  ]
}

export const claimFlaws: readonly Flaw[] = [
  {
    name: 'expiry-not-checked',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 7519 4.1.4',
    edits: [[`  if (now() >= Number(exp) + tolerance) throw new Denied('unauthenticated', 'expired')\n`, '']],
  },
  {
    name: 'expiry-optional',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 9068 2.2',
    edits: [[`  if (!Number.isFinite(exp)) throw`, `  if (exp !== undefined && !Number.isFinite(exp)) throw`]],
  },
  {
    name: 'expiry-in-milliseconds',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 7519 2',
    edits: [[`now() >= Number(exp) + tolerance`, `now() >= Number(exp) * 1000 + tolerance`]],
  },
  {
    name: 'expiry-with-long-leeway',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 7519 4.1.4',
    edits: [[`now() >= Number(exp) + tolerance`, `now() >= Number(exp) + tolerance + 300`]],
  },
  {
    name: 'not-before-ignored',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 7519 4.1.5',
    edits: [
      [
        `  if (nbf !== undefined && now() < Number(nbf) - tolerance) throw new Denied('unauthenticated', 'not yet valid')\n`,
        '',
      ],
    ],
  },
  {
    name: 'clock-read-at-load',
    class: 'time',
    cwe: 'CWE-613',
    source: 'RFC 7519 4.1.4',
    edits: [
      [
        `const now = () => Date.now() / 1000`,
        `const loadedAt = Date.now() / 1000\nconst now = () => Date.now() / 1000`,
      ],
      [`now() >= Number(exp) + tolerance`, `loadedAt >= Number(exp) + tolerance`],
    ],
  },
  {
    name: 'issued-in-future-refused',
    class: 'time',
    cwe: 'CWE-697',
    source: 'RFC 7519 4.1.6',
    edits: [
      [
        `  if (iat !== undefined && !Number.isFinite(iat)) throw`,
        `  if (iat !== undefined && (!Number.isFinite(iat) || Number(iat) > now())) throw`,
      ],
    ],
  },
  {
    name: 'client-not-checked',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'CVE-2025-62610',
    edits: [[`  checkClient(claims, provider)\n`, '']],
  },
  {
    name: 'client-by-substring',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'RFC 8725 3.9',
    edits: [
      [
        `texts.some((one) => provider.clientIds.includes(one))`,
        `texts.some((one) => provider.clientIds.some((id) => String(one).includes(id)))`,
      ],
    ],
  },
  {
    name: 'client-or-audience',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 8725 3.12',
    edits: [
      [
        `  if (tokenUse !== null && claim(claims, 'token_use') !== tokenUse) throw new Denied('unauthenticated', 'token_use')\n`,
        '',
      ],
      [
        `  const client = claim(claims, clientClaim)\n`,
        `  const client = claim(claims, clientClaim) ?? claim(claims, 'aud')\n`,
      ],
    ],
  },
  {
    name: 'token-use-not-checked',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 8725 3.12',
    edits: [
      [
        `  if (tokenUse !== null && claim(claims, 'token_use') !== tokenUse) throw new Denied('unauthenticated', 'token_use')\n`,
        '',
      ],
    ],
  },
  {
    name: 'empty-audience-accepted',
    class: 'claims',
    cwe: 'CWE-862',
    source: 'CVE-2020-26160',
    policy: { tokenUse: null },
    edits: [[`  if (!texts.some(`, `  if (accepted.length > 0 && !texts.some(`]],
  },
  {
    name: 'required-claims-ignored',
    class: 'claims',
    cwe: 'CWE-862',
    source: 'RFC 9068 4',
    edits: [[`    if (claimAt(claims, name) == null) throw new Denied('forbidden', 'required claim')\n`, '']],
  },
  {
    name: 'required-claim-null',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 9068 4',
    edits: [[`claimAt(claims, name) == null`, `!(name in claims)`]],
  },
  {
    name: 'capture-made-a-string',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 7519 4.1.2',
    edits: [
      [
        `return values.filter((value): value is string => typeof value === 'string' && value !== '' && value.isWellFormed())`,
        `return values.map(String)`,
      ],
    ],
  },
  {
    name: 'groups-from-text',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 7643 2.4',
    edits: [
      [
        `  if (!Array.isArray(groups)) return []\n`,
        `  if (typeof groups === 'string') return groups.split(/[ ,]/)\n  if (!Array.isArray(groups)) return []\n`,
      ],
    ],
  },
  {
    name: 'groups-flattened',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 7643 2.4',
    edits: [
      [
        `  return groups.every((group) => typeof group === 'string') ? groups : []`,
        `  return groups.flat(Infinity).map(String)`,
      ],
    ],
  },
  {
    name: 'route-groups-ignored',
    class: 'path',
    cwe: 'CWE-862',
    source: 'CWE-862',
    edits: [[`  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false\n`, '']],
  },
  {
    name: 'route-groups-by-substring',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'CWE-187',
    edits: [
      [
        `route.groups.some((group) => groups.includes(group))`,
        `route.groups.some((group) => groups.join(' ').includes(group))`,
      ],
    ],
  },
  {
    name: 'member-names-inherited',
    class: 'json',
    cwe: 'CWE-1321',
    source: 'CWE-1321',
    edits: [
      [`  return Object.hasOwn(object, name) ? object[name] : undefined`, `  return object[name]`],
      [
        `  return value as Json\n`,
        `  const copy: Json = {}\n  for (const [name, member] of Object.entries(value)) copy[name] = member\n  return copy\n`,
      ],
    ],
  },
  {
    name: 'claims-merged-into-state',
    class: 'json',
    cwe: 'CWE-1321',
    source: 'CVE-2018-16487',
    edits: [
      [
        `  checkDates(claims)\n  checkClient(claims, provider)\n`,
        `  merge(session, claims)\n  checkDates(claims)\n  checkClient(claims, provider)\n`,
      ],
      [
        `function base64url(`,
        `const session: Json = {}
function merge(into: Json, from: Json): void {
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      into[name] ??= {}
      merge(into[name] as Json, value as Json)
    } else into[name] = value
  }
}

function base64url(`,
      ],
    ],
  },
  {
    name: 'claim-found-by-pattern',
    class: 'json',
    cwe: 'CWE-20',
    source: 'CWE-20',
    edits: [
      [
        `  checkConfirmation(claims, provider)\n  return claims`,
        `  checkConfirmation(claims, provider)
  return { ...claims, sub: /"sub":"([^"]*)"/.exec(Buffer.from(encodedPayload, 'base64url').toString())?.[1] }`,
      ],
    ],
  },
  {
    // Each level is a pass over the whole text.
    name: 'nesting-measured-by-rewriting',
    class: 'resources',
    cwe: 'CWE-407',
    source: 'CWE-407',
    edits: limitsJson(`  let rest = json.replace(/"(?:[^"\\\\]|\\\\.)*"/g, '0')
  for (let levels = 0; /[[{]/.test(rest); levels++) {
    const outer = rest.replace(/\\[[^[\\]{}]*\\]|\\{[^[\\]{}]*\\}/g, '0')
    if (outer === rest) break
    rest = outer
  }`),
  },
  {
    name: 'nesting-counted-in-strings',
    class: 'json',
    cwe: 'CWE-754',
    source: 'RFC 8259 7',
    edits: limitsJson(`  if (json.split(/[[{]/).length > 33) throw new Denied('unauthenticated', 'nesting')`),
  },
  {
    name: 'few-levels-read',
    class: 'json',
    cwe: 'CWE-754',
    source: 'RFC 7519 4',
    edits: limitsJson(`  if (/[[{](?:[^[\\]{}]*[[{]){8}/.test(json)) throw new Denied('unauthenticated', 'nesting')`),
  },
  {
    name: 'few-groups-read',
    class: 'json',
    cwe: 'CWE-754',
    source: 'RFC 7519 4',
    edits: limitsJson(`  if (json.split(',').length > 512) throw new Denied('unauthenticated', 'values')`),
  },
]
