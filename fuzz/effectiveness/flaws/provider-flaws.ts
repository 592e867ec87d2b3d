import type { Provider, ProvidersPolicy } from '../../../authorizer/policy.ts'
import type { Flaw } from './flaw.ts'

const pool: Provider = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  tokenUse: 'access',
  clientIds: ['exampleclient'],
}

const partners: Provider = {
  issuer: 'https://login.example.com/',
  tokenUse: null,
  clientIds: ['portal'],
  clientClaim: 'azp',
  groupsClaim: '/realm_access/roles',
}

/** Two providers whose users and groups may have equal names, and whose login page a viewer without rights must not see. */
const twoProviders: ProvidersPolicy = {
  providers: { pool, partners },
  jwks: { maxAge: 3600, maxStale: 86_400, cooldown: 10 },
  routes: [
    { path: '/public/*', public: true },
    { path: '/users/{sub}/*', provider: 'pool' },
    { path: '/partners/{group}/*', provider: 'partners' },
    { path: '/exchange/{group}/*', provider: ['pool', 'partners'] },
  ],
  deny: { unauthenticated: { redirect: 'https://login.example.com/sign-in' } },
}

const tenants = ['6babcaad-604b-40ac-a9d7-9fd97c0b779f', '9188040d-6c67-4c5b-b112-36a304b66dad']

const severalTenants = {
  issuer: 'https://login.example.com/{tid}/v2.0',
  jwksUri: 'https://login.example.com/common/keys',
  tenants,
  tokenUse: null,
} as const

const matchesTenant = `  return iss === issuer.replace('{tid}', () => tid)\n`
const knowsTenant = `  if (tenants !== 'any' && !tenants.includes(tid)) return false\n`
const checksProvider = `  if (route.provider && ![route.provider].flat().includes(provider.name)) throw new Denied('forbidden', 'provider')\n`

export const providerFlaws: readonly Flaw[] = [
  {
    name: 'client-of-any-provider',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 8725 3.9',
    policy: twoProviders,
    edits: [
      [`texts.some((one) => provider.clientIds.includes(one))`, `texts.some((one) => clientIds.includes(String(one)))`],
    ],
  },
  {
    name: 'keys-of-any-provider',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: twoProviders,
    edits: [
      [
        `  const key = find()\n`,
        `  const others = [...keySets.entries()].filter(([, other]) => !keyOf(other.keys, kid, alg))
  for (const [index, other] of others) await refresh(other, jwksUris[index] as string)
  const key = find() ?? keySets.map((one) => keyOf(one.keys, kid, alg)).find((one) => one)\n`,
      ],
    ],
  },
  {
    // The key says whose rules hold; the issuer only has to be a known one.
    name: 'issuer-not-bound-to-key',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: twoProviders,
    edits: [
      [
        `  const provider = providerOf(claims)\n  const algorithms`,
        `  for (const [index, set] of keySets.entries()) if (set.keys.length === 0) await refresh(set, jwksUris[index] as string)
  const holder = Math.max(0, keySets.findIndex(({ keys }) => keys.some((key) => key.kid === kid)))
  const provider = owners[holder] as Trusted
  const algorithms`,
      ],
      [`const key = await findKey(issuer, kid, alg)`, `const key = await findKey(holder, kid, alg)`],
    ],
  },
  {
    name: 'algorithms-of-any-provider',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'RFC 8725 3.1',
    policy: { ...twoProviders, providers: { pool, partners: { ...partners, algorithms: ['PS256'] } } },
    edits: [
      [
        `const algorithms: readonly string[] = provider.algorithms ?? ['RS256']`,
        `const algorithms: readonly string[] = providers.flatMap((one) => one.algorithms ?? ['RS256'])`,
      ],
    ],
  },
  {
    name: 'route-of-any-provider',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CWE-863',
    policy: twoProviders,
    edits: [[checksProvider, '']],
  },
  {
    name: 'wrong-provider-sent-to-log-in',
    class: 'path',
    cwe: 'CWE-835',
    source: 'RFC 6750 3.1',
    policy: twoProviders,
    edits: [[`throw new Denied('forbidden', 'provider')`, `throw new Denied('unauthenticated', 'provider')`]],
  },
  {
    name: 'tenant-not-checked',
    class: 'claims',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: severalTenants,
    edits: [[knowsTenant, '']],
  },
  {
    name: 'tenant-by-prefix',
    class: 'claims',
    cwe: 'CWE-187',
    source: 'RFC 8725 3.8',
    policy: severalTenants,
    edits: [[`!tenants.includes(tid)`, `!tenants.some((one) => tid.startsWith(one))`]],
  },
  {
    name: 'tenant-only-in-claim',
    class: 'claims',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: severalTenants,
    edits: [[matchesTenant, `  return String(iss).startsWith(issuer.slice(0, issuer.indexOf('{tid}')))\n`]],
  },
  {
    name: 'tenant-only-in-issuer',
    class: 'claims',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: { ...severalTenants, tenants: 'any' },
    edits: [
      [
        `  if (typeof tid !== 'string' || tid === '') return false\n`,
        `  const [before = '', after = ''] = issuer.split('{tid}')
  if (String(iss).startsWith(before) && String(iss).endsWith(after)) return true
  if (typeof tid !== 'string' || tid === '') return false\n`,
      ],
    ],
  },
  {
    name: 'tenant-in-key-url',
    class: 'key-selection',
    cwe: 'CWE-918',
    source: 'CWE-918',
    policy: severalTenants,
    edits: [
      [
        `  const issuer = issuerOf(claims)\n`,
        `  if (claim(claims, 'tid') !== tenantOfKeys) {
    tenantOfKeys = claim(claims, 'tid')
    await fetch(issuers[0].replace('{tid}', String(tenantOfKeys)) + '/keys').catch(() => null)
  }
  const issuer = issuerOf(claims)\n`,
      ],
      [`async function verifyToken(`, `let tenantOfKeys: unknown = '${tenants[0]}'\n\nasync function verifyToken(`],
    ],
  },
  {
    name: 'key-url-with-two-slashes',
    class: 'outage',
    cwe: 'CWE-703',
    source: 'OpenID Connect Discovery 4.1',
    policy: { issuer: 'https://login.example.com/' },
    edits: [['$' + `{issuer.replace(/\\/$/, '')}/.well-known`, '$' + `{issuer}/.well-known`]],
  },
  {
    name: 'audiences-ignored',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 9068 4',
    policy: { audiences: ['https://files.example.com'] },
    edits: [[`  checkAudience(claims, provider)\n`, '']],
  },
  {
    name: 'audience-instead-of-client',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 8707 2',
    policy: { audiences: ['https://files.example.com'] },
    edits: [
      [
        `  checkClient(claims, provider)\n  checkAudience(claims, provider)\n`,
        `  try {
    checkClient(claims, provider)
  } catch {
    checkAudience(claims, provider)
  }\n`,
      ],
    ],
  },
  {
    name: 'client-claim-ignored',
    class: 'claims',
    cwe: 'CWE-863',
    source: 'RFC 9700 4.4',
    policy: { tokenUse: null, clientClaim: 'azp' },
    edits: [
      [
        `  const client = claim(claims, clientClaim)\n`,
        `  const known = [claim(claims, 'aud'), claim(claims, clientClaim)].flat()
  const client = known.find((one) => provider.clientIds.includes(one as string))\n`,
      ],
    ],
  },
  {
    name: 'other-kinds-of-token',
    class: 'claims',
    cwe: 'CWE-345',
    source: 'RFC 8725 3.11',
    edits: [[`  checkType(claim(header, 'typ'), provider)\n`, '']],
  },
  {
    name: 'type-optional',
    class: 'claims',
    cwe: 'CWE-345',
    source: 'RFC 9068 4',
    policy: { types: ['at+jwt'] },
    edits: [[`  if (typ === undefined && !types) return\n`, `  if (typ === undefined) return\n`]],
  },
  {
    name: 'type-in-one-case',
    class: 'claims',
    cwe: 'CWE-178',
    source: 'RFC 7515 4.1.9',
    policy: { types: ['at+jwt'] },
    edits: [[`  return typ.toLowerCase().replace(`, `  return typ.replace(`]],
  },
  {
    name: 'bound-token-as-bearer',
    class: 'claims',
    cwe: 'CWE-294',
    source: 'RFC 7800 3.1',
    edits: [[`  checkConfirmation(claims, provider)\n`, '']],
  },
  {
    name: 'nameless-tries-every-key',
    class: 'key-selection',
    cwe: 'CWE-347',
    source: 'RFC 7515 4.1.4',
    policy: { kid: 'optional' },
    edits: [
      [
        `if (!verifySignature(alg, key, \`\${encodedHeader}.\${encodedPayload}\`, signature)) {`,
        `const all = kid === undefined ? (keySets[issuer] as KeySet).keys : [key]
  if (!all.some((one) => verifySignature(alg, one, encodedHeader + '.' + encodedPayload, signature))) {`,
      ],
      [`  return others.every((other) => key?.object.equals(other.object)) ? key : undefined\n`, `  return key\n`],
    ],
  },
  {
    name: 'nameless-key-not-found',
    class: 'key-selection',
    cwe: 'CWE-703',
    source: 'RFC 7515 4.1.4',
    policy: { kid: 'optional' },
    edits: [[`(({ kid }) => typeof kid === 'string' || set.isOptional)`, `(({ kid }) => typeof kid === 'string')`]],
  },
  {
    name: 'last-key-of-a-name',
    class: 'rotation',
    cwe: 'CWE-703',
    source: 'RFC 7517 4.5',
    policy: { algorithms: ['RS256', 'ES256'] },
    edits: [
      [`  return only(named.length > 1 ? named.filter((key) => fits(alg, key)) : named)\n`, `  return named.at(-1)\n`],
    ],
  },
  {
    name: 'key-listed-twice-refused',
    class: 'rotation',
    cwe: 'CWE-703',
    source: 'RFC 7517 5',
    edits: [
      [
        `  return others.every((other) => key?.object.equals(other.object)) ? key : undefined\n`,
        `  return others.length === 0 ? key : undefined\n`,
      ],
    ],
  },
  {
    name: 'bound-token-with-any-proof',
    class: 'claims',
    cwe: 'CWE-287',
    source: 'RFC 9449 7.1',
    edits: [
      [
        `  const claims = await verifyAmong(credential(request.headers))\n`,
        `  hasProof = request.headers.dpop !== undefined\n  const claims = await verifyAmong(credential(request.headers))\n`,
      ],
      [`async function authorize(`, `let hasProof = false\n\nasync function authorize(`],
      [`  if (cnf !== 'ignore' &&`, `  if (!hasProof && cnf !== 'ignore' &&`],
    ],
  },
]
