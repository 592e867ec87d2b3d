/** Unsecured tokens (RFC 7518 3.6): the header says that nothing was signed, in every spelling that a block list forgets. */
import { tokenAttack } from './token-attack.ts'
import { issuedToken, partsOf, unsigned } from './tokens.ts'

const spellings: readonly { name: string; alg: unknown; source: string }[] = [
  { name: 'lower', alg: 'none', source: 'CVE-2015-9235' },
  { name: 'capital', alg: 'None', source: 'RFC 8725 2.1' },
  { name: 'upper', alg: 'NONE', source: 'RFC 8725 2.1' },
  { name: 'mixed', alg: 'nOnE', source: 'RFC 8725 2.1' },
  { name: 'trailing-space', alg: 'none ', source: 'RFC 8725 2.1' },
  { name: 'leading-space', alg: ' none', source: 'RFC 8725 2.1' },
  { name: 'nul', alg: 'none\u0000', source: 'CWE-158' },
  { name: 'empty', alg: '', source: 'RFC 7515 4.1.1' },
  { name: 'null', alg: null, source: 'RFC 7515 4.1.1' },
  { name: 'missing', alg: undefined, source: 'RFC 7515 4.1.1' },
  { name: 'array', alg: ['none'], source: 'CWE-843' },
  { name: 'false', alg: false, source: 'CVE-2022-23540' },
  { name: 'null-text', alg: 'null', source: 'RFC 8725 2.1' },
]

export const algorithmNoneAttacks = spellings.map(({ name, alg, source }) =>
  tokenAttack(`alg-none-${name}`, 'algorithm', source, (world, visitor) => {
    const { kid } = visitor.issuer.keys[0]
    const [, , signature] = partsOf(issuedToken(world, visitor))
    const header = { alg, kid, typ: 'JWT' }
    const bare = unsigned(header, visitor.claims)
    return [bare, bare.slice(0, -1), unsigned(header, visitor.claims, signature), unsigned({ alg }, visitor.claims)]
  }),
)
