import { readJson } from '../../config/load-config.ts'
import type { CompletePolicy, CompleteProvider } from '../../config/policy-defaults.ts'
import { UsageError } from '../../config/usage-error.ts'

export type Claims = Readonly<Record<string, unknown>>

/** `--claims`: an object as JSON, or a file that holds one. */
export function readClaims(text: string): Claims {
  const value = text.trimStart().startsWith('{')
    ? parseJson(text)
    : readJson(text, 'pass --claims FILE or --claims JSON')
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('--claims: should be a JSON object such as {"sub":"ann"}, or a file that holds one')
  return value as Claims
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`--claims: is not JSON: ${(error as Error).message}`)
  }
}

/** What a provider asks of a token that is not about rights, where the claims given say nothing of it. `now` in milliseconds. */
export function missingClaims(given: Claims, provider: CompleteProvider, now: number): Claims {
  const { issuers, tenants, tokenUse, clientIds, clientClaim, audiences = [] } = provider
  const tid = given.tid ?? (tenants === 'any' ? 'tenant' : tenants[0])
  const [{ issuer }] = issuers
  const [client] = clientIds
  const [audience] = audiences
  const needed: Claims = {
    iss: issuer.replace('{tid}', () => String(tid)),
    ...(issuer.includes('{tid}') ? { tid } : {}),
    ...(audience === undefined ? {} : { aud: audience }),
    [clientClaim]: clientClaim === 'aud' && audience !== undefined ? [client, audience] : client,
    ...(tokenUse === null ? {} : { token_use: tokenUse }),
    exp: Math.floor(now / 1000) + 3600,
  }
  return Object.fromEntries(Object.entries(needed).filter(([name]) => !Object.hasOwn(given, name)))
}

/** Whose token it is: the one that is named, or else that of the given `iss`, of the route, or the first. */
export function providerOf(
  { providers }: CompletePolicy,
  { name, iss, wanted = [] }: { name?: string | undefined; iss: unknown; wanted?: readonly string[] },
): CompleteProvider {
  if (name !== undefined) {
    const named = providers.find((provider) => provider.name === name)
    if (named) return named
    throw new UsageError(
      `--provider: ${JSON.stringify(name)} is none of the policy's, which are ${providers.map((one) => one.name).join(', ')}`,
    )
  }
  return (
    providers.find(({ issuers }) => issuers.some(({ issuer }) => issuer === iss)) ??
    providers.find((provider) => wanted.includes(provider.name)) ??
    providers[0]
  )
}
