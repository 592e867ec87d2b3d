/** One provider: whose tokens are accepted, and for which clients. */
import * as z from 'zod'
import type { Algorithm, Provider } from '../authorizer/policy.ts'
import { isPointer } from './claim-reference.ts'
import { claimReference, claimRules } from './claim-schema.ts'
import { crossFieldRule, type RuleContext } from './cross-field-rule.ts'
import { httpsUrl, isHttpsUrl, name, oneOrMore } from './text-schema.ts'

const algorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] satisfies Algorithm[]

/** Stands in an issuer for the tenant, which is the claim of this name. */
const tenantPlaceholder = '{tid}'

const issuer = name
  .regex(/^[^{}]*(?:\{tid\}[^{}]*)?$/, { error: 'should hold no braces but those of one {tid}', abort: true })
  .refine((text) => !text.startsWith(tenantPlaceholder), 'should have text before {tid}')

const jwksUri = httpsUrl.regex(/^[^{}]*$/, 'should have no placeholder: a token never chooses a URL to fetch')

/** RFC 6838 4.2. */
const mediaTypeName = '[0-9A-Za-z][0-9A-Za-z!#$&^_.+-]{0,126}'

export const providerShape = {
  issuer: oneOrMore(issuer, 'should be an issuer such as https://issuer.example.com, or a list of issuers'),
  jwksUri: oneOrMore(jwksUri, 'should be an https URL, or a list with one for each issuer').exactOptional(),
  tenants: z
    .union(
      [z.literal('any'), z.array(name).min(1, 'should name at least one')],
      'should be a list of tenants, or "any"',
    )
    .exactOptional(),
  tokenUse: z.enum(['access', 'id'], 'should be "access", "id" or null').nullable(),
  clientIds: z.array(name).min(1, 'should name at least one client'),
  clientClaim: claimReference
    .refine((text) => !isPointer(text), 'should be the name of a claim, not a JSON Pointer')
    .exactOptional(),
  audiences: z.array(name).min(1, 'should name at least one').exactOptional(),
  types: z
    .array(
      z
        .string()
        .regex(
          new RegExp(`^(?:${mediaTypeName}/)?${mediaTypeName}$`),
          'should be a media type such as at+jwt (RFC 6838 4.2)',
        ),
    )
    .min(1, 'should name at least one')
    .exactOptional(),
  algorithms: z.array(z.enum(algorithms)).min(1, 'should name at least one algorithm').exactOptional(),
  kid: z.enum(['required', 'optional']).exactOptional(),
  cnf: z.enum(['refuse', 'ignore']).exactOptional(),
  groupsClaim: z
    .union(
      [claimReference, z.strictObject({ claim: claimReference, split: name })],
      'should be a claim, or { "claim": CLAIM, "split": TEXT }',
    )
    .exactOptional(),
  requiredClaims: z.array(claimReference).exactOptional(),
  claims: claimRules.exactOptional(),
}

export const providerSchema: z.ZodType<Provider> = z
  .strictObject(providerShape)
  .check(crossFieldRule<Provider>(refuseUnknownKeys))
  .meta({ id: 'Provider' })

/** Issuers of which nobody knows where the keys are, or who their tenants are. */
export function refuseUnknownKeys(provider: Provider, { isRight, refuse }: RuleContext): void {
  if (!isRight('issuer') || !isRight('jwksUri')) return
  const { issuer, jwksUri, tenants } = provider
  const issuers = issuerPlaces(provider)
  const hasTenants = issuers.some(({ text }) => text.includes(tenantPlaceholder))
  if (jwksUri === undefined) {
    if (hasTenants)
      refuse(
        ['jwksUri'],
        'is missing; beside {tid} it is one URL for all tenants: a token never chooses a URL to fetch',
      )
    for (const { text, path } of issuers) {
      if (!text.includes(tenantPlaceholder) && !isHttpsUrl(text))
        refuse(path, 'should be an https URL without user, query or fragment, or have an explicit jwksUri')
    }
  } else if (Array.isArray(jwksUri) && jwksUri.length !== [issuer].flat().length) {
    refuse(['jwksUri'], 'should be one URL, or a list with one entry for each issuer')
  }
  if (!isRight('tenants')) return
  if (hasTenants && tenants === undefined)
    refuse(['tenants'], 'is missing; beside {tid} it is a list of tenants, or "any"')
  if (!hasTenants && tenants !== undefined) refuse(['tenants'], 'needs {tid} in the issuer, where the tenant stands')
}

/** A provider, its name, and the path to it in the policy. */
export interface NamedProvider {
  provider: Provider
  name: string
  path: readonly PropertyKey[]
}

/** An issuer of two providers, or one that is there twice: whose keys and clients would count? */
export function refuseSharedIssuers(providers: readonly NamedProvider[], refuse: RuleContext['refuse']): void {
  const owners = new Map<string, string>()
  /** Issuers with any tenant. */
  const open: { before: string; after: string; owner: string }[] = []
  const ownerOf = (text: string) =>
    owners.get(text) ?? open.find(({ before, after }) => text.startsWith(before) && text.endsWith(after))?.owner
  for (const { provider, name, path } of providers) {
    for (const issuer of issuerPlaces(provider)) {
      const [before = '', after] = issuer.text.split(tenantPlaceholder)
      const isOpen = after !== undefined && provider.tenants === 'any'
      const texts = after === undefined || isOpen ? [issuer.text] : tenantsOf(provider).map((id) => before + id + after)
      let owner = texts.map(ownerOf).find((found) => found !== undefined)
      if (isOpen) {
        owner ??= [...owners].find(([text]) => text.startsWith(before) && text.endsWith(after))?.[1]
        open.push({ before, after, owner: name })
      }
      for (const text of texts) owners.set(text, name)
      if (owner === name) refuse([...path, ...issuer.path], 'is there twice')
      else if (owner !== undefined)
        refuse(
          [...path, ...issuer.path],
          `belongs to the provider ${JSON.stringify(owner)} already; an issuer belongs to one`,
        )
    }
  }
}

function tenantsOf({ tenants }: Provider): readonly string[] {
  return [...new Set(Array.isArray(tenants) ? tenants : [])]
}

function issuerPlaces({ issuer }: Provider): { text: string; path: PropertyKey[] }[] {
  if (typeof issuer === 'string') return [{ text: issuer, path: ['issuer'] }]
  return issuer.map((text, index) => ({ text, path: ['issuer', index] }))
}
