/** The policy as its users may write it, checked when it is read; this library never reaches the bundle. */
import * as z from 'zod'
import type { Policy, Provider, SitePolicy } from '../authorizer/policy.ts'
import { corsHeaderFault, credentialedOriginFault, originFault } from './cors.ts'
import { credentialsSchema, isCookieName } from './credentials-schema.ts'
import { crossFieldRule, type RuleContext } from './cross-field-rule.ts'
import { denySchema } from './deny-schema.ts'
import { defaultJwks, onlyProvider } from './policy-defaults.ts'
import {
  type NamedProvider,
  providerSchema,
  providerShape,
  refuseSharedIssuers,
  refuseUnknownKeys,
} from './provider-schema.ts'
import { record } from './record-schema.ts'
import { indexFault } from './rewrites.ts'
import { routesSchema, usesToken } from './route-schema.ts'
import { signInSchema } from './sign-in-schema.ts'
import { siteFaults } from './site-checks.ts'
import { httpToken, name, text } from './text-schema.ts'

const seconds = z
  .number()
  .min(0, 'should be a number of seconds, 0 or more')
  .max(10 * 365 * 86_400, 'should be at most ten years')

const siteShape = {
  $schema: z.string().exactOptional(),
  credentials: credentialsSchema.exactOptional(),
  jwks: z
    .strictObject({
      maxAge: seconds.exactOptional(),
      maxStale: seconds.exactOptional(),
      cooldown: seconds
        .min(0.1, 'should be 0.1 or more: without it each token of an unknown key would be a fetch')
        .exactOptional(),
    })
    .check(
      // Between two fetches lies a cooldown, and a key withdrawn meanwhile would be used beyond maxAge.
      crossFieldRule<Partial<typeof defaultJwks>>((jwks, { isRight, refuse }) => {
        const { maxAge, cooldown } = { ...defaultJwks, ...jwks }
        if (isRight('maxAge') && isRight('cooldown') && maxAge < cooldown)
          refuse(
            ['maxAge'],
            `should be at least the cooldown (default ${defaultJwks.cooldown} seconds), within which nothing is fetched again`,
          )
      }),
    )
    .exactOptional(),
  clockToleranceSeconds: seconds.max(600, 'should be at most 600 seconds').exactOptional(),
  routes: routesSchema,
  methods: z
    .array(httpToken('should be an HTTP method name (RFC 9110 9.1)'))
    .min(1, 'should name at least one method')
    .exactOptional(),
  corsPreflight: z.boolean().exactOptional(),
  corsOrigins: z.array(text(originFault)).exactOptional(),
  corsHeaders: z.array(text(corsHeaderFault)).exactOptional(),
  index: text(indexFault).exactOptional(),
  slash: z.literal('redirect').exactOptional(),
  deny: denySchema.exactOptional(),
  signIn: signInSchema.exactOptional(),
}

const siteSchema = z.strictObject(siteShape) satisfies z.ZodType<SitePolicy>
const ofFirstForm = z.strictObject(providerShape).exactPartial().shape
const fieldsOfFirstForm = Object.keys(ofFirstForm)

/** The fields of both forms; which of them go together is said by rules, so that a mistake is told as one of its form. */
interface AnyForm extends SitePolicy, Partial<Provider> {
  providers?: Readonly<Record<string, Provider>>
}

const anyForm: z.ZodType<AnyForm> = z
  .strictObject({
    ...ofFirstForm,
    providers: record(name, providerSchema)
      .refine((providers) => Object.keys(providers).length > 0, 'should name at least one provider')
      .exactOptional(),
    ...siteSchema.shape,
  })
  .check(
    crossFieldRule(refuseMixedForms),
    crossFieldRule<AnyForm>((policy, context) => {
      if (policy.providers === undefined && policy.issuer !== undefined) refuseUnknownKeys(policy as Provider, context)
    }),
    crossFieldRule<AnyForm>((policy, context) => {
      refuseSharedIssuers(rightProviders(policy, context), context.refuse)
    }),
    crossFieldRule(refuseUnclearRoutes),
    crossFieldRule(refuseClientsOutOfCookies),
    crossFieldRule(refuseOriginsInTheClear),
    crossFieldRule(refuseWhatNobodyHas),
  )
  .meta({
    id: 'Policy',
    oneOf: [
      { required: ['issuer', 'clientIds'], properties: { providers: false } },
      {
        required: ['providers'],
        properties: Object.fromEntries(fieldsOfFirstForm.map((field) => [field, false])),
      },
    ],
  })

/** Either form of a policy. What the rules let pass is one of the two, which the library cannot know. */
export const policySchema = anyForm as z.ZodType<unknown> as z.ZodType<Policy>

function refuseMixedForms(policy: AnyForm, { refuse }: RuleContext): void {
  if ('providers' in policy) {
    for (const field of fieldsOfFirstForm) {
      if (field in policy) refuse([field], 'belongs into providers, beside the issuer that it is about')
    }
    return
  }
  if (!('issuer' in policy)) refuse(['issuer'], 'is missing; whose tokens are accepted? (or write providers)')
  if (!('clientIds' in policy)) refuse(['clientIds'], 'is missing; for which clients are tokens accepted?')
}

/** Those of which nothing that matters for their issuers is wrong. */
function rightProviders(policy: AnyForm, { isRight }: RuleContext): NamedProvider[] {
  const all: NamedProvider[] = policy.providers
    ? Object.entries(policy.providers).map(([name, provider]) => ({ name, provider, path: ['providers', name] }))
    : [{ name: onlyProvider, provider: policy as Provider, path: [] }]
  return all.filter(
    ({ path, provider }) => isRight(...path, 'issuer') && isRight(...path, 'tenants') && provider.issuer !== undefined,
  )
}

/** A name with {client} where no client can be a part of a name: there would be no such cookie. */
function refuseClientsOutOfCookies(policy: AnyForm, { isRight, refuse }: RuleContext): void {
  if (!isRight('credentials') || !isRight('providers') || !isRight('clientIds')) return
  const sources = [policy.credentials ?? []].flat()
  const clients = (policy.providers ? Object.values(policy.providers) : [policy]).flatMap(
    ({ clientIds = [] }) => clientIds,
  )
  if (clients.length === 0 || clients.some(isCookieName)) return
  for (const [index, source] of sources.entries()) {
    if (typeof source === 'object' && 'cookie' in source && source.cookie.includes('{client}'))
      refuse(
        ['credentials', ...(Array.isArray(policy.credentials) ? [index] : []), 'cookie'],
        'has {client}, and no client of this policy can stand in the name of a cookie (RFC 6265 4.1.1)',
      )
  }
}

/** Pages of origins that anybody on the way can write, where browsers send a cookie along. */
function refuseOriginsInTheClear({ corsOrigins, credentials }: AnyForm, { isRight, refuse }: RuleContext): void {
  if (!Array.isArray(corsOrigins) || !isRight('corsOrigins') || !isRight('credentials')) return
  for (const [index, one] of corsOrigins.entries()) {
    const fault = credentialedOriginFault(one, [credentials ?? []].flat())
    if (fault) refuse(['corsOrigins', index], fault)
  }
}

/** What the fields of a right policy say together (`site-checks.ts`). */
function refuseWhatNobodyHas(policy: AnyForm, { isRight, refuse }: RuleContext): void {
  if (!isRight()) return
  for (const { field, message } of siteFaults(policy as Policy)) refuse(field, message)
}

/** A route that names a provider which is not there, or names none where it matters which. */
function refuseUnclearRoutes({ providers, routes }: AnyForm, { isRight, refuse }: RuleContext): void {
  if (!Array.isArray(routes) || providers === null || Array.isArray(providers)) return
  const known = providers ? Object.keys(providers) : [onlyProvider]
  for (const [index, route] of routes.entries()) {
    if (!isRight('routes', index, 'provider') || typeof route !== 'object') continue
    const { provider } = route
    if (provider === undefined) {
      if (known.length > 1 && usesToken(route, isRight('routes', index, 'path')))
        refuse(
          ['routes', index, 'provider'],
          'is missing; with several providers a route with {sub}, {group}, {claim:…}, groups, scopes or claims says whose',
        )
      continue
    }
    for (const [place, one] of [provider].flat().entries()) {
      const path = ['routes', index, 'provider', ...(Array.isArray(provider) ? [place] : [])]
      if (!known.includes(one))
        refuse(path, `is none of the providers, which are ${known.map((each) => JSON.stringify(each)).join(', ')}`)
      else if ([provider].flat().indexOf(one) < place) refuse(path, 'is there twice')
    }
  }
}
