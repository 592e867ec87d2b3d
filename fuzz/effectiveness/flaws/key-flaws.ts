import type { Flaw } from './flaw.ts'

const findsKey = `const key = await findKey(issuer, kid, alg)`
const checksIssuer = `const issuer = issuerOf(claims)`
const refusesIssuer = `  if (issuer < 0) throw new Denied('unauthenticated', 'iss')\n`

/** Keys from a URL that the token names. */
const fetched = (url: string) =>
  `importKeys(await bounded(await fetch(${url})))[0] ?? (await findKey(issuer, kid, alg))`

export const keyFlaws: readonly Flaw[] = [
  {
    name: 'embedded-jwk-trusted',
    class: 'key-selection',
    cwe: 'CWE-347',
    source: 'CVE-2018-0114',
    edits: [
      [
        findsKey,
        `const key: Key = header.jwk ? { object: createPublicKey({ key: header.jwk, format: 'jwk' }), alg: undefined } : await findKey(issuer, kid, alg)`,
      ],
    ],
  },
  {
    name: 'embedded-certificate-trusted',
    class: 'key-selection',
    cwe: 'CWE-295',
    source: 'RFC 7515 4.1.6',
    edits: [
      [
        findsKey,
        `const chain = header.x5c as string[]
  const key: Key = chain ? { object: new (require('node:crypto').X509Certificate)(Buffer.from(chain[0], 'base64')).publicKey, alg: undefined } : await findKey(issuer, kid, alg)`,
      ],
    ],
  },
  {
    name: 'key-url-followed',
    class: 'key-selection',
    cwe: 'CWE-918',
    source: 'RFC 7515 10.1',
    edits: [[findsKey, `const key: Key = header.jku ? ${fetched('header.jku')} : await findKey(issuer, kid, alg)`]],
  },
  {
    name: 'key-url-checked-by-substring',
    class: 'key-selection',
    cwe: 'CWE-918',
    source: 'RFC 8725 3.10',
    edits: [
      [
        findsKey,
        `const key: Key = String(header.jku).includes(new URL(issuers[issuer]).host) ? ${fetched('header.jku')} : await findKey(issuer, kid, alg)`,
      ],
    ],
  },
  {
    name: 'key-url-checked-by-prefix',
    class: 'key-selection',
    cwe: 'CWE-918',
    source: 'RFC 8725 3.10',
    edits: [
      [
        findsKey,
        `const key: Key = String(header.jku).startsWith(new URL(issuers[issuer]).origin) ? ${fetched('header.jku')} : await findKey(issuer, kid, alg)`,
      ],
    ],
  },
  {
    name: 'certificate-url-followed',
    class: 'key-selection',
    cwe: 'CWE-295',
    source: 'RFC 7515 4.1.5',
    edits: [
      [
        findsKey,
        `const key: Key = header.x5u ? { object: createPublicKey(await (await fetch(header.x5u as string)).text()), alg: undefined } : await findKey(issuer, kid, alg)`,
      ],
    ],
  },
  {
    name: 'keys-from-issuer-claim',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    edits: [
      [refusesIssuer, ''],
      [
        findsKey,
        `const key: Key = issuer >= 0 ? await findKey(issuer, kid, alg) : ${fetched('claims.iss + "/.well-known/jwks.json"')}`,
      ],
    ],
  },
  {
    name: 'keys-by-discovery-from-issuer-claim',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    edits: [
      [refusesIssuer, ''],
      [
        findsKey,
        `const discovery = issuer >= 0 ? null : await (await fetch(claims.iss + '/.well-known/openid-configuration')).json()
  const key: Key = issuer >= 0 ? await findKey(issuer, kid, alg) : ${fetched('discovery.jwks_uri')}`,
      ],
    ],
  },
  {
    name: 'issuer-host-checked-only',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    edits: [
      [
        refusesIssuer,
        `  if (!String(claims.iss).startsWith(new URL(issuers[0]).origin)) throw new Denied('unauthenticated', 'iss')\n`,
      ],
      [
        findsKey,
        `const key: Key = issuer >= 0 ? await findKey(issuer, kid, alg) : ${fetched('claims.iss + "/.well-known/jwks.json"')}`,
      ],
    ],
  },
  {
    name: 'issuer-not-checked',
    class: 'claims',
    cwe: 'CWE-346',
    source: 'CVE-2026-22748',
    edits: [[checksIssuer, `const issuer = 0`]],
  },
  {
    name: 'issuer-by-substring',
    class: 'claims',
    cwe: 'CWE-697',
    source: 'CVE-2024-53861',
    edits: [[checksIssuer, `const issuer = issuers.findIndex((one) => one.includes(String(claims.iss)))`]],
  },
  {
    name: 'issuer-by-prefix',
    class: 'claims',
    cwe: 'CWE-697',
    source: 'RFC 7519 4.1.1',
    edits: [[checksIssuer, `const issuer = issuers.findIndex((one) => String(claims.iss).startsWith(one))`]],
  },
  {
    name: 'issuer-list-accepted',
    class: 'claims',
    cwe: 'CWE-345',
    source: 'CVE-2025-30144',
    edits: [[checksIssuer, `const issuer = issuers.findIndex((one) => [claims.iss].flat().includes(one))`]],
  },
  {
    name: 'issuer-normalized',
    class: 'claims',
    cwe: 'CWE-178',
    source: 'RFC 7519 4.1.1',
    edits: [
      [
        checksIssuer,
        `const issuer = issuers.findIndex((one) => String(claims.iss).toLowerCase().replace(/\\/$/, '') === one.toLowerCase())`,
      ],
    ],
  },
  {
    name: 'issuer-as-pattern',
    class: 'claims',
    cwe: 'CWE-625',
    source: 'RFC 7519 4.1.1',
    edits: [
      [checksIssuer, `const issuer = issuers.findIndex((one) => new RegExp('^' + one + '$').test(String(claims.iss)))`],
    ],
  },
  {
    name: 'keys-shared-by-issuers',
    class: 'key-selection',
    cwe: 'CWE-346',
    source: 'RFC 8725 3.8',
    policy: {
      issuer: ['https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01', 'https://login.example.com/tenant'],
    },
    edits: [
      [
        `  const key = find()\n`,
        `  for (const [index, other] of keySets.entries()) if (!keyOf(other.keys, kid, alg)) await refresh(other, jwksUris[index] as string)\n  const key = keySets.map((one) => keyOf(one.keys, kid, alg)).find((one) => one)\n`,
      ],
    ],
  },
  {
    name: 'unknown-kid-falls-back',
    class: 'key-selection',
    cwe: 'CWE-347',
    source: 'RFC 7515 4.1.4',
    edits: [[`  const key = find()\n`, `  const key = find() ?? set.keys[0]\n`]],
  },
  {
    name: 'kid-by-prefix',
    class: 'key-selection',
    cwe: 'CWE-187',
    source: 'RFC 7515 4.1.4',
    edits: [
      [`  const key = find()\n`, `  const key = set.keys.find((one) => String(one.kid).startsWith(String(kid)))\n`],
    ],
  },
  {
    name: 'kid-not-used',
    class: 'key-selection',
    cwe: 'CWE-347',
    source: 'RFC 7515 4.1.4',
    edits: [
      [
        findsKey,
        `await findKey(issuer, kid, alg).catch(() => null)\n  const all = [...(keySets[issuer] as KeySet).keys]`,
      ],
      [
        `if (!verifySignature(alg, key, \`\${encodedHeader}.\${encodedPayload}\`, signature)) {`,
        `if (!all.some((key) => verifySignature(alg, key, encodedHeader + '.' + encodedPayload, signature))) {`,
      ],
    ],
  },
  {
    name: 'symmetric-member-used',
    class: 'key-selection',
    cwe: 'CWE-327',
    source: 'RFC 8725 2.1',
    edits: [
      [
        `!['RSA', 'EC', 'OKP'].includes(kty as string)) return null`,
        `!['RSA', 'EC', 'OKP', 'oct'].includes(kty as string)) return null\n    if (kty === 'oct') return { kid, alg: undefined, object: require('node:crypto').createSecretKey(Buffer.from(String(jwk?.k), 'base64url')) }`,
      ],
      [`!algorithms.includes(alg)) throw`, `!(alg === 'HS256' || algorithms.includes(alg))) throw`],
      [
        `  if (!fits(alg, key)) return false`,
        `  if (key.object.type === 'secret') return require('node:crypto').createHmac('sha256', key.object).update(input).digest().equals(signature)\n  if (!fits(alg, key)) return false`,
      ],
    ],
  },
  {
    name: 'crit-ignored',
    class: 'serialization',
    cwe: 'CWE-345',
    source: 'CVE-2025-59420',
    edits: [
      [
        `  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) throw new Denied('unauthenticated', 'crit')\n`,
        '',
      ],
    ],
  },
  {
    name: 'signature-in-second-spelling',
    class: 'serialization',
    cwe: 'CWE-347',
    source: 'CVE-2022-25898',
    edits: [
      [`  if (bytes.toString('base64url') !== text) throw new Denied('unauthenticated', 'base64url')\n`, ''],
      [`([A-Za-z0-9._~+/-]+=*)$\`, 'i')`, `(\\\\S+)$\`, 'i')`],
    ],
  },
  {
    name: 'more-parts-accepted',
    class: 'serialization',
    cwe: 'CWE-20',
    source: 'RFC 7515 7.1',
    edits: [[`parts.length !== 3`, `parts.length < 3`]],
  },
  {
    name: 'json-serialization-mixed',
    class: 'serialization',
    cwe: 'CWE-290',
    source: 'CVE-2022-39227',
    edits: [
      [`([A-Za-z0-9._~+/-]+=*)$\`, 'i')`, `(.+)$\`, 'i')`],
      [
        `  const parts = token.split('.')\n`,
        `  if (token.startsWith('{')) {
    const { protected: first, payload, signature } = JSON.parse(token)
    await verifyToken([first, payload, signature].join('.'))
    return jsonObject(token.split('.')[1] ?? '')
  }
  const parts = token.split('.')\n`,
      ],
    ],
  },
  {
    name: 'password-count-obeyed',
    class: 'resources',
    cwe: 'CWE-400',
    source: 'CVE-2022-36083',
    edits: [
      [
        `  if (parts.length !== 3) throw`,
        `  if (parts.length === 5) {
    const { p2c } = jsonObject(parts[0] ?? '')
    if (typeof p2c === 'number') require('node:crypto').pbkdf2Sync('password', 'salt', p2c, 16, 'sha256')
  }
  if (parts.length !== 3) throw`,
      ],
    ],
  },
  {
    name: 'issuer-asked-before-it-is-checked',
    class: 'key-selection',
    cwe: 'CWE-918',
    source: 'CWE-918',
    edits: [
      [
        `  if (issuer < 0) throw new Denied('unauthenticated', 'iss')\n`,
        `  if (issuer < 0) await fetch(claim(claims, 'iss') + '/.well-known/openid-configuration').catch(() => {})
  if (issuer < 0) throw new Denied('unauthenticated', 'iss')\n`,
      ],
    ],
  },
]
