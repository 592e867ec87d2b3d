/** Sign-in at the edge. */
import * as z from 'zod'
import type { SecretReference, SignIn, SignInSecrets } from '../authorizer/policy.ts'
import { crossFieldRule } from './cross-field-rule.ts'
import { record } from './record-schema.ts'
import { afterSignOutFault, ownPathFault, parameterFault, privateKeyFault, sealKeyFault } from './sign-in-texts.ts'
import { httpsUrl, name, text } from './text-schema.ts'

const ownPath = text(ownPathFault)

/** RFC 9110 7.2: a host as browsers send it, with its port where that is not 443. */
const host = z
  .string()
  .regex(
    /^(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[1-9]\d{0,4})?$/,
    'should be a host in lower case, such as www.example.com, without "https://"',
  )

const arn = (service: string, resource: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[a-z]{2}(?:-[a-z]+)+-\\d:\\d{12}:${resource}.+$`),
      `should be an ARN such as arn:aws:${service}:us-east-1:111122223333:${resource}sign-in`,
    )

/** One shape, so that each mistake is told with its own field: what is in it, or where it is. */
const secret = z
  .strictObject({
    seal: z
      .array(text(sealKeyFault))
      .min(1, 'should hold one key, or two: the first seals, both open')
      .max(2, 'should hold one key, or two: the first seals, both open')
      .exactOptional(),
    clientSecret: name.exactOptional(),
    privateKey: record(name, z.string()).exactOptional(),
    ssmParameter: arn('ssm', 'parameter/').exactOptional(),
    secretsManager: arn('secretsmanager', 'secret:').exactOptional(),
  })
  .check(
    crossFieldRule<object>((secret, { refuse }) => {
      const [first, ...others] = ['seal', 'ssmParameter', 'secretsManager'].filter((field) => field in secret)
      if (first === undefined) refuse([], 'should have seal, or ssmParameter or secretsManager, which says where it is')
      for (const other of others) refuse([other], `cannot stand beside ${first}`)
      if (first === undefined || first === 'seal') return
      for (const field of ['clientSecret', 'privateKey']) {
        if (field in secret) refuse([field], `belongs into what ${first} names`)
      }
    }),
  ) as z.ZodType<unknown> as z.ZodType<SignInSecrets | SecretReference>

/** What a field should be; of one that is not there also how to come by it. */
function discoverable(should: string): z.core.$ZodErrorMap {
  return ({ code, input }) =>
    code === 'invalid_type' && input === undefined
      ? `${should}; \`edgeproof build --discover\` reads it from the issuer's openid-configuration`
      : undefined
}

const discoverableUrl = httpsUrl.clone({ ...httpsUrl.def, error: discoverable('should be an https URL') })

const limit = z
  .int('should be a whole number of seconds')
  .min(60, 'should be 60 seconds or more')
  .max(34_560_000, 'should be at most 400 days, which is as long as browsers keep a cookie')

export const signInSchema: z.ZodType<SignIn> = z
  .strictObject({
    provider: name.exactOptional(),
    client: name,
    endpoints: z.strictObject(
      {
        authorization: discoverableUrl,
        token: discoverableUrl,
        revocation: httpsUrl.exactOptional(),
        logout: httpsUrl.exactOptional(),
      },
      { error: discoverable('should be an object') },
    ),
    logout: z.enum(['oidc', 'cognito']).exactOptional(),
    responseIss: z.boolean().exactOptional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'should be a scope, without spaces (RFC 6749 3.3)'))
      .refine(
        (scopes) => scopes.includes('openid'),
        'should have "openid": without it there is no ID token, which says who signed in',
      )
      .exactOptional(),
    parameters: record(text(parameterFault), z.string()).exactOptional(),
    token: z.enum(['access', 'id']).exactOptional(),
    tokenEndpointAuthMethod: z
      .enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
      .exactOptional(),
    paths: z
      .strictObject({
        callback: ownPath.exactOptional(),
        refresh: ownPath.exactOptional(),
        signOut: ownPath.exactOptional(),
      })
      .exactOptional(),
    afterSignOut: text(afterSignOutFault),
    hosts: z.array(host).min(1, 'should name at least one host').exactOptional(),
    secret: secret.exactOptional(),
    refresh: z.enum(['navigation', 'any']).exactOptional(),
    idleSeconds: limit.exactOptional(),
    absoluteSeconds: limit.exactOptional(),
  })
  .check(
    crossFieldRule<SignIn>((signIn, { isRight, refuse }) => {
      const { endpoints, logout, secret, tokenEndpointAuthMethod = 'none' } = signIn
      if (isRight('endpoints') && isRight('logout')) {
        if (endpoints.logout !== undefined && logout === undefined)
          refuse(
            ['logout'],
            'is missing; "oidc" or "cognito" says how endpoints.logout is asked, which discovery cannot say',
          )
        if (endpoints.logout === undefined && logout !== undefined) refuse(['logout'], 'belongs to endpoints.logout')
      }
      for (const field of ['idleSeconds', 'absoluteSeconds'] as const) {
        if (signIn[field] !== undefined && secret === undefined)
          refuse([field], 'needs secret: without a seal a jar says for itself how old it is')
      }
      if (
        isRight('idleSeconds') &&
        isRight('absoluteSeconds') &&
        (signIn.idleSeconds ?? 0) > (signIn.absoluteSeconds ?? Infinity)
      )
        refuse(['idleSeconds'], 'should be at most absoluteSeconds, which ends the session before')
      if (!isRight('tokenEndpointAuthMethod') || !isRight('secret')) return
      if (tokenEndpointAuthMethod === 'none') {
        for (const field of ['clientSecret', 'privateKey'] as const) {
          if (secret && 'seal' in secret && secret[field] !== undefined)
            refuse(
              ['secret', field],
              'is not used: tokenEndpointAuthMethod says how a confidential client proves itself',
            )
        }
        return
      }
      const needed = tokenEndpointAuthMethod === 'private_key_jwt' ? 'privateKey' : 'clientSecret'
      if (secret === undefined) refuse(['secret'], `is missing; ${tokenEndpointAuthMethod} needs ${needed} in it`)
      else if ('seal' in secret) {
        if (secret[needed] === undefined) refuse(['secret', needed], `is missing; ${tokenEndpointAuthMethod} needs it`)
        const fault =
          needed === 'privateKey' &&
          isRight('secret', 'privateKey') &&
          secret.privateKey &&
          privateKeyFault(secret.privateKey)
        if (fault) refuse(['secret', 'privateKey'], fault)
      }
    }),
  )
  .meta({ id: 'SignIn' })
