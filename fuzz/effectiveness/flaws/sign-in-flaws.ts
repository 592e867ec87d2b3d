// biome-ignore-all lint/suspicious/noTemplateCurlyInString: edits are source text.
import type { Flaw } from './flaw.ts'
import { signInPolicy } from './flawed-handler.ts'

const stateNumber = "`t${(state ?? '').slice(0, 1)}`"

/** Handlers that sign visitors in, with one mistake each: the attack of the same number is the story that shows it. */
const mistakes: readonly (Omit<Flaw, 'class' | 'signsIn'> & { attack: number })[] = [
  {
    attack: 1,
    name: 'sign-in-state-not-compared-with-jar',
    cwe: 'CWE-352',
    source: 'RFC 6749 10.12; RFC 9700 4.7',
    edits: [
      ["name.slice(1) + derived(seed, 'state')", "name.slice(1) + seed.toString('base64url')"],
      [
        "  const slot = slotOf(jar, `t${(state ?? '').slice(0, 1)}`)\n",
        `  const kept = slotOf(jar, ${stateNumber})
  const slot = { path: '/bye.html', begun: now(), ...kept, name: ${stateNumber}, kind, seed: Buffer.from((state ?? '').slice(1), 'base64url') }
`,
      ],
    ],
  },
  {
    attack: 2,
    name: 'sign-in-state-only-signed',
    cwe: 'CWE-352',
    source: 'RFC 6749 10.12; RFC 9700 4.7.1',
    edits: [
      [
        "name.slice(1) + derived(seed, 'state')",
        "`${name.slice(1)}${seed.toString('base64url')}${derived(Buffer.from(JSON.stringify(signIn.secret)), seed.toString('base64url'))}`",
      ],
      [
        "  const slot = slotOf(jar, `t${(state ?? '').slice(0, 1)}`)\n",
        `  const slot = { path: '/bye.html', begun: now(), ...slotOf(jar, ${stateNumber}), name: ${stateNumber}, kind, seed: Buffer.from((state ?? '').slice(1, 44), 'base64url') }
`,
      ],
    ],
  },
  {
    attack: 3,
    name: 'sign-in-verifier-shared-by-tabs',
    cwe: 'CWE-330',
    source: 'RFC 7636 4.1: a new verifier for each authorization request',
    edits: [
      [
        '  const seed = randomBytes(32)\n',
        "  const seed = slots.map((one) => slotOf(jar, one)).find((one) => one?.kind === 's')?.seed ?? randomBytes(32)\n",
      ],
    ],
  },
  {
    attack: 4,
    name: 'sign-in-without-challenge',
    cwe: 'CWE-345',
    source: 'cognito-at-edge 1.5.5: a verifier is kept, and no challenge is sent; RFC 7636 4.3',
    edits: [
      [
        "    code_challenge: createHash('sha256').update(verifier).digest('base64url'),\n    code_challenge_method: 'S256',\n",
        '',
      ],
    ],
  },
  {
    attack: 5,
    name: 'sign-in-nonce-only-if-present',
    cwe: 'CWE-345',
    source: 'OpenID Connect Core 3.1.3.7, 11',
    edits: [
      [
        'if (nonce !== undefined && claims.nonce !== nonce)',
        'if (nonce !== undefined && claims.nonce && claims.nonce !== nonce)',
      ],
    ],
  },
  {
    attack: 6,
    name: 'sign-in-party-and-audience-ignored',
    cwe: 'CWE-345',
    source: 'OpenID Connect Core 3.1.3.7, 3 to 5',
    edits: [
      ['  if (!audiences.includes(client)) return undefined\n', ''],
      ['  if (claims.azp === undefined ? audiences.length > 1 : claims.azp !== client) return undefined\n', ''],
    ],
  },
  {
    attack: 7,
    name: 'sign-in-subjects-not-compared',
    cwe: 'CWE-345',
    source: 'OpenID Connect Core 5.3.2, and 3.1.3.8 where there is no at_hash',
    edits: [['claims.iss !== idClaims.iss || claims.sub !== idClaims.sub', 'claims.iss !== idClaims.iss']],
  },
  {
    attack: 8,
    name: 'sign-in-response-issuer-ignored',
    cwe: 'CWE-346',
    source: 'RFC 9207 2.4; RFC 9700 4.4',
    edits: [
      [
        "  if (iss === null ? signIn.responseIss : iss !== POLICY.issuer) throw new Answer(403, 'response-issuer')\n",
        '',
      ],
    ],
  },
  {
    attack: 9,
    name: 'sign-in-last-parameter-wins',
    cwe: 'CWE-235',
    source: 'RFC 6749 3.1',
    edits: [
      [
        '  const query = new URLSearchParams(request.querystring)\n',
        '  const query = new URLSearchParams(Object.fromEntries(new URLSearchParams(request.querystring)))\n',
      ],
    ],
  },
  {
    attack: 10,
    name: 'sign-in-callback-exchanged-again',
    cwe: 'CWE-294',
    source: 'RFC 6749 4.1.2 and 10.5',
    edits: [['[...cookies, ...takenBack(slot.name)]', 'cookies']],
  },
  {
    attack: 11,
    name: 'sign-in-junk-deletes-slots',
    cwe: 'CWE-400',
    source: 'RFC 9700 4.7: state belongs to one request; SEMANTICS.md, sign-in/state',
    edits: [
      [
        "throw new Answer(400, 'state', { page: '/' })",
        "throw new Answer(400, 'state', { page: '/' }, takenBack(...slots))",
      ],
    ],
  },
  {
    attack: 12,
    name: 'sign-in-way-back-concatenated',
    cwe: 'CWE-601',
    source: 'cloudfront-authorization-at-edge #205; RFC 9700 4.11',
    edits: [
      [
        "  const location = `https://${host}${isSafe && !Object.values(paths).includes(path) ? slot.path : '/'}`\n",
        '  const location = `https://${host}${isSafe ? slot.path : slot.path}`\n',
      ],
    ],
  },
  {
    attack: 13,
    name: 'sign-in-redirect-uri-from-host',
    cwe: 'CWE-601',
    source: 'CWE-644; RFC 9700 4.1',
    edits: [['isKnownHost: hostsOf(config.distributionDomainName).includes(host)', 'isKnownHost: true']],
  },
  {
    attack: 14,
    name: 'sign-in-cookie-without-prefix',
    cwe: 'CWE-384',
    source: 'RFC 6265bis 4.1.3, 8.6',
    edits: [
      ['if (at < 0 || !name.startsWith(prefix)) continue', 'if (at < 0 || !/^(?:__Host-)?ep-/.test(name)) continue'],
      ['const own = name.slice(prefix.length)', "const own = name.replace(/^(?:__Host-)?ep-/, '')"],
    ],
  },
  {
    attack: 15,
    name: 'sign-in-cookie-names-trimmed',
    cwe: 'CWE-384',
    source: 'RFC 6265bis 5.6: space and tab alone; CVE-2020-7070, where names were decoded',
    edits: [
      ["const name = part.slice(0, at).replace(/^[ \\t]+|[ \\t]+$/g, '')", 'const name = part.slice(0, at).trim()'],
    ],
  },
  {
    attack: 16,
    name: 'sign-in-cookie-twice-is-none',
    cwe: 'CWE-835',
    source: 'RFC 6265 5.4; SEMANTICS.md, sign-in/duplicate',
    edits: [["    if (jar.has(own)) jar.set('twice', own)\n", '    if (jar.has(own)) jar.delete(own)\n']],
  },
  {
    attack: 17,
    name: 'sign-in-seal-without-context',
    cwe: 'CWE-345',
    source: 'RFC 5116 2.1: what is not authenticated is not bound',
    edits: [
      ['.setAAD(Buffer.from(context(id, host)))', ''],
      ['.setAAD(Buffer.from(bound))', ''],
    ],
  },
  {
    attack: 18,
    name: 'sign-in-seal-with-short-tag',
    cwe: 'CWE-347',
    source: 'Node.js DEP0182; NIST SP 800-38D, appendix C',
    edits: [
      [
        "Buffer.concat([salt, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')",
        "[Buffer.concat([salt, cipher.update(text), cipher.final()]), cipher.getAuthTag()].map((part) => part.toString('base64url')).join('.')",
      ],
      [
        "  const octets = Buffer.from(text, 'base64url')\n  const keys",
        "  const [octets = Buffer.alloc(0), tag] = text.split('.').map((part) => Buffer.from(part, 'base64url'))\n  const keys",
      ],
      ['opened(octets, secret, context(id, host))', 'opened(octets, secret, context(id, host), tag)'],
      [
        'function opened(octets: Buffer, secret: string, bound: string)',
        'function opened(octets: Buffer, secret: string, bound: string, tag = Buffer.alloc(0))',
      ],
      ["createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })", "createDecipheriv('aes-256-gcm', key, iv)"],
      ['decipher.setAuthTag(octets.subarray(-16))', 'decipher.setAuthTag(tag)'],
      ['octets.subarray(16, -16)', 'octets.subarray(16)'],
    ],
  },
  {
    attack: 19,
    name: 'sign-in-retired-key-opens',
    cwe: 'CWE-324',
    source: 'NIST SP 800-57 part 1, 5.3.6',
    edits: [
      [
        "hkdfSync('sha256', Buffer.from(secret, 'base64url'), salt",
        "hkdfSync('sha256', Buffer.from(secret && client), salt",
      ],
    ],
  },
  {
    attack: 20,
    name: 'sign-in-refresh-of-another-person',
    cwe: 'CWE-287',
    source: 'OpenID Connect Core 12.2',
    edits: [
      ['if (!claims || claims.sub !== kept.sub) return refused', 'if (!claims) return refused'],
      ['if (!id || id.sub !== kept.sub) return refused', 'if (!id) return refused'],
    ],
  },
  {
    attack: 21,
    name: 'sign-in-stale-pieces-joined',
    cwe: 'CWE-835',
    source: 'SEMANTICS.md, sign-in/chunks',
    edits: [
      [
        '[1, 2].slice(0, Number(count) - 1).map((index) => jar.get(`${name}.${index}`))',
        '[1, 2].flatMap((index) => jar.get(`${name}.${index}`) ?? [])',
      ],
      ['    ...takenBack(...chunkNames(name).slice(pieces.length)),\n', ''],
    ],
  },
  {
    attack: 22,
    name: 'sign-in-loser-of-a-race-clears',
    cwe: 'CWE-362',
    source: 'cloudfront-authorization-at-edge #284, #289; SEMANTICS.md, sign-in/refused-refresh',
    edits: [
      [
        'cameBack(host, slot, [countsCookie({ ...counts, refused: hashOf(held.text) })])',
        "cameBack(host, slot, takenBack(...chunkNames('a'), ...chunkNames('r')))",
      ],
    ],
  },
  {
    attack: 23,
    name: 'sign-in-refused-refresh-repeated',
    cwe: 'CWE-835',
    source: 'cloudfront-authorization-at-edge #190, #233: loops after failed refreshes',
    edits: [
      ['now() - refreshedAt < 30 || refused === hashOf(held.text)', 'now() - refreshedAt < 30 || refused === held.id'],
    ],
  },
  {
    attack: 24,
    name: 'sign-in-rotated-token-dropped',
    cwe: 'CWE-613',
    source: 'cloudfront-authorization-at-edge, by reading; RFC 6749 6',
    edits: [
      ["typeof answer.refresh_token === 'string' ? answer.refresh_token : old", 'old ?? String(answer.refresh_token)'],
    ],
  },
  {
    attack: 25,
    name: 'sign-in-outage-ends-sessions',
    cwe: 'CWE-703',
    source: 'SEMANTICS.md, sign-in/outage',
    edits: [
      [
        "    const session = await sessionOf(jar).catch(() => undefined)\n    if (session) return cameBack(host, slot, [countsCookie({ ...counts, refreshedAt: now() })])\n    throw new Answer(503, 'token-endpoint', { 'retry-after': '5' })\n",
        "    throw new Answer(503, 'token-endpoint', { 'retry-after': '5' }, takenBack(...chunkNames('a'), ...chunkNames('r')))\n",
      ],
    ],
  },
  {
    attack: 26,
    name: 'sign-in-refresh-for-each-page',
    cwe: 'CWE-405',
    source: 'SEMANTICS.md, sign-in/refresh-due',
    edits: [
      ['now() - refreshedAt < 30 || refused', 'refreshedAt > now() || refused'],
      ['return left < 60 && left < (Number(claims.exp) - Number(claims.iat)) / 10', 'return left < 60'],
    ],
  },
  {
    attack: 27,
    name: 'sign-in-unknown-state-restarts',
    cwe: 'CWE-835',
    source: 'SEMANTICS.md, sign-in/state',
    edits: [
      [
        "  const slot = slotOfState(jar, 's', query.get('state'))\n  const back",
        "  const isKnown = slots.some((name) => slotOf(jar, name))\n  if (!isKnown) return begun({ request, host, isKnownHost: true }, jar)\n  const slot = slotOfState(jar, 's', query.get('state'))\n  const back",
      ],
    ],
  },
  {
    attack: 28,
    name: 'sign-in-again-for-the-wrong-group',
    cwe: 'CWE-835',
    source: 'SEMANTICS.md, sign-in/forbidden: Cognito leaves out the groups of who has none',
    edits: [["throw new Answer(403, 'right', { page: 'sign-out' })", 'throw begun(visit, jar)']],
  },
  {
    attack: 29,
    name: 'sign-in-a-cookie-for-each-tab',
    cwe: 'CWE-770',
    source: 'RFC 6265bis 6.1; SEMANTICS.md, sign-in/size',
    edits: [
      ['/^(?:t[0-7]|[ar]', '/^(?:t[\\da-f]{8}|[ar]'],
      [
        "const name = empty[randomBytes(1).readUInt8() % Math.max(1, empty.length)] ?? oldest ?? 't0'",
        "const name = `t${randomBytes(4).toString('hex')}${empty && oldest && ''}`",
      ],
      ["slotOf(jar, `t${(state ?? '').slice(0, 1)}`)", "slotOf(jar, `t${(state ?? '').slice(0, 8)}`)"],
    ],
  },
  {
    attack: 30,
    name: 'sign-in-for-scripts-and-images',
    cwe: 'CWE-405',
    source: 'cognito-at-edge redirects whatever is asked; Fetch Metadata',
    edits: [["  if (!isGoing) throw new Answer(401, 'no session', { 'www-authenticate': 'Bearer' })\n", '']],
  },
  {
    attack: 31,
    name: 'sign-in-sign-out-by-anybody',
    cwe: 'CWE-352',
    source: 'OWASP, login and logout CSRF; SEMANTICS.md, sign-in/sign-out',
    edits: [['if (!isOwn && !ids.some((id) => hashOf(id) === confirm))', 'if (!isOwn && confirm === "no")']],
  },
  {
    attack: 32,
    name: 'sign-in-sign-out-leaves-refresh-token',
    cwe: 'CWE-613',
    source: 'cloudfront-authorization-at-edge before 2.3.1; cognito-at-edge 1.5.5 crashes without cookies',
    edits: [
      [
        "  const held = joined(jar, 'r')\n  const ids",
        "  const held = jar.has('a') ? joined(jar, 'r') : undefined\n  const ids",
      ],
      [
        "[...jar.keys()].filter((name) => name !== 'o' && name !== 'twice')",
        "jar.has('a') ? [...jar.keys()].filter((name) => name !== 'o' && name !== 'twice') : []",
      ],
    ],
  },
  {
    attack: 33,
    name: 'sign-in-revived-by-a-refresh',
    cwe: 'CWE-613',
    source: 'SEMANTICS.md, sign-in/revived',
    edits: [
      [
        "(jar.get('o') ?? '').split('.').filter((id) => /^[\\w-]{22}$/.test(id))",
        "(jar.get('o') ?? '').split('.').filter((id) => id === '-')",
      ],
    ],
  },
  {
    attack: 34,
    name: 'sign-in-limits-by-max-age-alone',
    cwe: 'CWE-613',
    source: 'RFC 6265bis 8.2: a jar need not obey',
    edits: [
      ['if (!kept || limitsOf(kept).some((limit) => now() >= limit)) return refused', 'if (!kept) return refused'],
    ],
  },
  {
    attack: 35,
    name: 'sign-in-error-description-echoed',
    cwe: 'CWE-79',
    source: 'cloudfront-authorization-at-edge #113: an unescaped page; RFC 6749 4.1.2.1',
    edits: [
      [
        "throw new Answer(403, 'provider-error', { page: '/' })",
        "throw new Answer(403, `${query.get('error')} ${query.get('error_description')}`, { page: '/' })",
      ],
    ],
  },
  {
    attack: 36,
    name: 'sign-in-token-endpoint-trusted',
    cwe: 'CWE-918',
    source: 'RFC 9700 4.12: redirects of what holds credentials; SEMANTICS.md, sign-in/exchange',
    edits: [
      ["    redirect: 'error',\n    signal,\n", "    redirect: 'follow',\n"],
      ["    if (length > 65_536) throw new Answer(403, 'token-response')\n", ''],
    ],
  },
  {
    attack: 37,
    name: 'sign-in-basic-not-encoded',
    cwe: 'CWE-116',
    source: 'RFC 6749 2.3.1 and appendix B',
    edits: [['`${half(client)}:${half(secret)}`', '`${client}:${secret}${half("")}`']],
  },
  {
    attack: 38,
    name: 'sign-in-answers-cacheable',
    cwe: 'CWE-525',
    source: 'RFC 9111 5.2.2.5; RFC 9700 4.2.4',
    edits: [["    'cache-control': 'no-store',\n    'referrer-policy': 'no-referrer',\n", '']],
  },
  {
    attack: 39,
    name: 'sign-in-session-reaches-origin',
    cwe: 'CWE-200',
    source: 'SEMANTICS.md, sign-in/strip',
    edits: [['part.trim().startsWith(prefix)', 'part.trim().startsWith(`${prefix}r`)']],
  },
  {
    attack: 40,
    name: 'sign-in-code-in-log',
    cwe: 'CWE-532',
    source: 'cognito-at-edge logs tokens at its debug level; RFC 9700 4.2',
    edits: [
      [
        'JSON.stringify({ reason: answer.message, status: answer.status })',
        'JSON.stringify({ reason: answer.message, query: request.querystring })',
      ],
    ],
  },
  {
    attack: 41,
    name: 'sign-in-after-sign-out-protected',
    cwe: 'CWE-613',
    source: 'SEMANTICS.md, sign-in/signed-out',
    edits: [['`https://${host}${signIn.afterSignOut}`', '`https://${host}/users/me/`']],
  },
  {
    attack: 42,
    name: 'sign-in-waits-for-secrets-everywhere',
    cwe: 'CWE-703',
    source: 'SEMANTICS.md, sign-in/secret',
    policy: {
      signIn: {
        ...signInPolicy.signIn,
        secret: { ssmParameter: 'arn:aws:ssm:us-east-1:123456789012:parameter/sign-in' },
      },
    },
    edits: [
      [
        "  if (!['GET', 'HEAD'].includes(method)) throw",
        "  await secrets()\n  if (!['GET', 'HEAD'].includes(method)) throw",
      ],
    ],
  },
]

export const signInFlaws: readonly (Flaw & { attack: number })[] = mistakes.map((mistake) => ({
  ...mistake,
  class: 'sign-in',
  signsIn: true,
}))
