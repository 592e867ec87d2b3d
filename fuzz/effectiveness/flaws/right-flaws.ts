import type { Edit, Flaw } from './flaw.ts'

const scopes = { routes: [{ path: '/files/*', scopes: ['files:read', 'files:list'] }] } as const
const rules = {
  claims: { email_verified: true, disabled: false, level: [2, 3] },
  routes: [{ path: '/files/*', claims: { hd: 'example.com', amr: { contains: 'mfa' } } }, { path: '/users/{sub}/*' }],
} as const
const tenantPath = { routes: [{ path: '/tenants/{claim:tenant}/*' }] } as const

const hasAll = `  return wanted.every((one) => scopes.includes(one))\n`
const hasOne = `    return members.some((member) => wanted.includes(member))\n`
const holdsMembers = `    const members: unknown[] = Array.isArray(value) ? value : [value]\n`
const stopsAtArrays = `    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined\n`
const stepsOn = `    value = claim(value as Json, step.replaceAll('~1', '/').replaceAll('~0', '~'))\n`
const refusesScope = `  if (!hasScopes(claims, route.scopes)) throw new Denied('forbidden', 'scope')\n`
const comparesSegment = `    return captureValues(open, claims, groups).some((value) => spell(value, route) === wanted)\n`

/** `read`: the number that a segment is taken for, where the claim is one. */
function segmentAsNumber(read: string): Edit {
  return [
    comparesSegment,
    `    const held = part.startsWith('{claim:') ? claimAt(claims, part.slice('{claim:'.length, -1)) : undefined
    if (typeof held === 'number' && ${read} === held) return true
${comparesSegment}`,
  ]
}

export const rightFlaws: readonly Flaw[] = [
  {
    name: 'groups-claim-by-habit',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 9068 2.2.3.1',
    policy: { groupsClaim: '/realm_access/roles', requiredClaims: [] },
    edits: [
      [
        `  let groups = claimAt(claims, place.claim)\n`,
        `  let groups = claim(claims, 'cognito:groups') ?? claimAt(claims, place.claim)\n`,
      ],
    ],
  },
  {
    name: 'groups-searched-in-text',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: { groupsClaim: { claim: 'roles', split: ' ' }, requiredClaims: [] },
    edits: [
      [
        `  if ('split' in place) groups =`,
        `  const text = groups
  if ('split' in place && typeof text === 'string') return [text].concat(['g1', 'g2', 'g10', 'analysts'].filter((one) => text.includes(one)))
  if ('split' in place) groups =`,
      ],
    ],
  },
  {
    name: 'groups-text-or-list',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 7643 2.4',
    policy: { groupsClaim: { claim: 'roles', split: ' ' }, requiredClaims: [] },
    edits: [
      [`groups = typeof groups === 'string' ? groups.split(place.split) : []`, `groups = String(groups).split(/[ ,]/)`],
    ],
  },
  {
    name: 'pointer-through-arrays',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 6901 4',
    policy: { groupsClaim: '/orgs/0/roles', requiredClaims: [] },
    edits: [[stopsAtArrays, `    if (typeof value !== 'object' || value === null) return undefined\n`]],
  },
  {
    name: 'pointer-through-prototypes',
    class: 'json',
    cwe: 'CWE-1321',
    source: 'CVE-2018-16487',
    policy: { groupsClaim: '/realm_access/roles', requiredClaims: [] },
    edits: [[stepsOn, `    value = (Object.assign({}, value) as Json)[step]\n`]],
  },
  {
    name: 'pointer-through-json-text',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'RFC 6901 4',
    policy: { routes: [{ path: '/orgs/{claim:/org/id}/*' }] },
    edits: [[stopsAtArrays, `    if (typeof value === 'string') value = JSON.parse(value)\n${stopsAtArrays}`]],
  },
  {
    name: 'pointer-unescaped-backwards',
    class: 'claims',
    cwe: 'CWE-172',
    source: 'RFC 6901 4',
    policy: { groupsClaim: '/roles~01a', requiredClaims: [] },
    edits: [[`step.replaceAll('~1', '/').replaceAll('~0', '~')`, `step.replaceAll('~0', '~').replaceAll('~1', '/')`]],
  },
  {
    name: 'segment-parsed-as-integer',
    class: 'path',
    cwe: 'CWE-704',
    source: 'RFC 7493 2.2',
    policy: tenantPath,
    edits: [segmentAsNumber(`Number.parseInt(wanted ?? '', 10)`)],
  },
  {
    name: 'segment-read-as-number',
    class: 'path',
    cwe: 'CWE-704',
    source: 'RFC 7493 2.2',
    policy: tenantPath,
    edits: [segmentAsNumber(`Number(wanted)`)],
  },
  {
    name: 'integer-past-safe',
    class: 'path',
    cwe: 'CWE-682',
    source: 'RFC 7493 2.2',
    policy: tenantPath,
    edits: [[`Number.isSafeInteger(value) ? String(value) : value`, `Number.isInteger(value) ? String(value) : value`]],
  },
  {
    name: 'list-captured-as-text',
    class: 'path',
    cwe: 'CWE-843',
    source: 'CWE-843',
    policy: tenantPath,
    edits: [[`[claimAt(claims, name)].flat().map(pathText)`, `[String(claimAt(claims, name))]`]],
  },
  {
    name: 'claim-name-cut-at-slash',
    class: 'path',
    cwe: 'CWE-703',
    source: 'RFC 7519 4.2',
    policy: { routes: [{ path: '/tenants/{claim:https://example.com/tenant}/*' }] },
    edits: [[`.split(/\\/(?![^{]*\\})/)`, `.split('/')`]],
  },
  {
    name: 'rules-ignored',
    class: 'claims',
    cwe: 'CWE-862',
    source: 'OpenID Connect Core 3.1.3.7',
    policy: rules,
    edits: [[`  if (!satisfies(claims, provider.claims)) throw new Denied('forbidden', 'claims')\n`, '']],
  },
  {
    name: 'rule-by-loose-equality',
    class: 'claims',
    cwe: 'CWE-697',
    source: 'CWE-697',
    policy: rules,
    edits: [[hasOne, `    return members.some((member) => wanted.some((one) => one == member))\n`]],
  },
  {
    name: 'rule-by-text',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'CWE-843',
    policy: rules,
    edits: [[hasOne, `    return members.some((member) => wanted.some((one) => String(one) === String(member)))\n`]],
  },
  {
    name: 'rule-by-substring',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'CWE-187',
    policy: rules,
    edits: [
      [
        hasOne,
        `    const holds = (member: unknown, one: unknown) =>
      typeof one === 'string' ? String(member).includes(one) : member === one
    return members.some((member) => wanted.some((one) => holds(member, one)))\n`,
      ],
    ],
  },
  {
    name: 'rule-by-truthiness',
    class: 'claims',
    cwe: 'CWE-697',
    source: 'CWE-697',
    policy: rules,
    edits: [
      [
        hasOne,
        `    const holds = (member: unknown, one: unknown) =>
      typeof one === 'boolean' ? Boolean(member) === one : member === one
    return members.some((member) => wanted.some((one) => holds(member, one)))\n`,
      ],
    ],
  },
  {
    name: 'rule-of-absent-claim-met',
    class: 'claims',
    cwe: 'CWE-636',
    source: 'CWE-636',
    policy: rules,
    edits: [[holdsMembers, `    if (value === undefined) return true\n${holdsMembers}`]],
  },
  {
    name: 'list-rule-met-by-text',
    class: 'claims',
    cwe: 'CWE-843',
    source: 'CWE-843',
    policy: rules,
    edits: [
      [
        `    if (isList && !Array.isArray(value)) return false\n`,
        `    if (isList && typeof value === 'string') return [rule.contains].flat().some((one) => value.includes(String(one)))
    if (isList && !Array.isArray(value)) return false\n`,
      ],
    ],
  },
  {
    name: 'scopes-ignored',
    class: 'claims',
    cwe: 'CWE-862',
    source: 'RFC 6750 3.1',
    policy: scopes,
    edits: [[refusesScope, '']],
  },
  {
    name: 'scope-by-substring',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'RFC 6749 3.3',
    policy: scopes,
    edits: [[hasAll, `  return wanted.every((one) => scopes.join(' ').includes(one))\n`]],
  },
  {
    name: 'one-scope-enough',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 6750 3.1',
    policy: scopes,
    edits: [[hasAll, `  return wanted.length === 0 || wanted.some((one) => scopes.includes(one))\n`]],
  },
  {
    name: 'scp-beside-scope',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 9068 2.2.3',
    policy: scopes,
    edits: [
      [
        hasAll,
        `  const more = [claim(claims, 'scp') ?? []].flat()\n  return wanted.every((one) => scopes.concat(more).includes(one))\n`,
      ],
    ],
  },
  {
    name: 'scp-not-read',
    class: 'claims',
    cwe: 'CWE-703',
    source: 'RFC 9068 2.2.3',
    policy: scopes,
    edits: [
      [
        `claim(claims, 'scope') === undefined ? claim(claims, 'scp') : claim(claims, 'scope')`,
        `claim(claims, 'scope')`,
      ],
    ],
  },
  {
    name: 'missing-scope-sent-to-log-in',
    class: 'claims',
    cwe: 'CWE-835',
    source: 'RFC 6750 3.1',
    policy: { ...scopes, deny: { unauthenticated: { redirect: 'https://login.example.com/' } } },
    edits: [[refusesScope, refusesScope.replace('forbidden', 'unauthenticated')]],
  },
]
