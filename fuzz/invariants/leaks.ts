/** Looks for the token and its claims wherever they do not belong (SEMANTICS.md, "Leaks"; CWE-532, CWE-201). */
import type { CredentialText } from './credential-text.ts'
import type { Observation, Remark } from './observation.ts'

/** One or two claims in a log may be an audit trail; as many as this are the payload. */
const payloadAt = 3

const rules = { log: 'leak/log', response: 'leak/response', fetch: 'leak/fetch' } as const

export function leaksInto(
  place: keyof typeof rules,
  text: string,
  { secrets, values }: CredentialText,
): { observations: Observation[]; remarks: Remark[] } {
  const rule = rules[place]
  if (secrets.some((secret) => text.includes(secret))) {
    return { observations: [{ class: 'leak', rule, story: `part of the token is in the ${place}` }], remarks: [] }
  }
  const found = values.filter((value) => text.includes(value)).length
  if (found >= payloadAt) {
    return {
      observations: [{ class: 'leak', rule, story: `${found} of the token's claims are in the ${place}` }],
      remarks: [],
    }
  }
  return { observations: [], remarks: found > 0 ? [{ rule, story: `a claim of the token is in the ${place}` }] : [] }
}
