/** The same octets written another way (RFC 7515 2, RFC 4648 3.2 to 3.5): a second spelling gets past caches and revocation lists. */
import { signedToken } from '../../testing/mint.ts'
import { tokenAttack } from './token-attack.ts'
import { issuedToken, partsOf } from './tokens.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const spellings: readonly { name: string; source: string; spell: (part: string) => string }[] = [
  { name: 'padding', source: 'RFC 7515 2', spell: (part) => part + '='.repeat((4 - (part.length % 4)) % 4 || 4) },
  { name: 'one-equals', source: 'RFC 7515 2', spell: (part) => `${part}=` },
  { name: 'plain-base64', source: 'RFC 4648 5', spell: (part) => part.replaceAll('-', '+').replaceAll('_', '/') },
  { name: 'foreign-character', source: 'CVE-2022-25898', spell: (part) => `${part.slice(0, 4)}!${part.slice(4)}` },
  { name: 'foreign-at-end', source: 'CVE-2022-25898', spell: (part) => `${part}*` },
  { name: 'space-inside', source: 'RFC 7515 2', spell: (part) => `${part.slice(0, 4)} ${part.slice(4)}` },
  { name: 'newline-inside', source: 'RFC 7515 2', spell: (part) => `${part.slice(0, 4)}\n${part.slice(4)}` },
  { name: 'tab-at-end', source: 'RFC 7515 2', spell: (part) => `${part}\t` },
  { name: 'nul-at-end', source: 'CWE-158', spell: (part) => `${part}\u0000` },
  { name: 'non-ascii', source: 'RFC 4648 3.3', spell: (part) => `${part}\u00e9` },
  {
    name: 'percent',
    source: 'RFC 4648 3.3',
    spell: (part) => part.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`),
  },
  { name: 'trailing-bits', source: 'RFC 4648 3.5', spell: withTrailingBits },
  {
    name: 'lone-character',
    source: 'RFC 4648 4',
    spell: (part) => `${part}${'A'.repeat((5 - (part.length % 4)) % 4)}`,
  },
]

const unsignedSpellings = spellings.map(({ name, source, spell }) =>
  tokenAttack(`spelling-${name}`, 'serialization', source, (world, visitor) => {
    const [header, payload, signature] = partsOf(issuedToken(world, visitor))
    return [
      `${header}.${payload}.${spell(signature)}`,
      `${header}.${spell(payload)}.${signature}`,
      `${spell(header)}.${payload}.${signature}`,
    ]
  }),
)

/** The issuer itself signed the odd spelling. */
const signedSpellings = spellings.map(({ name, source, spell }) =>
  tokenAttack(`spelling-signed-${name}`, 'serialization', source, (world, visitor) => {
    const [header, payload] = partsOf(issuedToken(world, visitor))
    return signedToken(visitor.issuer.keys[0], `${header}.${spell(payload)}`)
  }),
)

export const secondSpellingAttacks = [...unsignedSpellings, ...signedSpellings]

/** The last character's unused bits set; the text where it has none. */
function withTrailingBits(part: string): string {
  const unused = part.length % 4 === 2 ? 4 : part.length % 4 === 3 ? 2 : 0
  const last = alphabet.indexOf(part.at(-1) ?? '')
  if (unused === 0 || last < 0) return part
  return part.slice(0, -1) + (alphabet[last | ((1 << unused) - 1)] ?? '')
}
