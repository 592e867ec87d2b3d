/** `site.createUserPool`. Limits are Cognito's own. */
import * as z from 'zod'
import { type RateLimit, rateLimitSchema } from './rate-limit-schema.ts'

/** A Cognito user pool that the stack creates and keeps. */
export interface NewUserPool {
  /** Groups to create in addition to those that routes name. */
  groups?: readonly string[]
  /** Prefix of the hosted login domain, unique in the region. Default: the stack's name in lower case and the account's id. */
  domainPrefix?: string
  /**
   * Where the hosted login may send users back to. Default: with the policy's `signIn`, its callback path on each of the site's hosts;
   * else none, and OAuth flows stay off.
   */
  callbackUrls?: readonly string[]
  /** Default: with `signIn`, its `afterSignOut` on each of the site's hosts. */
  logoutUrls?: readonly string[]
  /** Second factor by authenticator app. Default `"optional"`. */
  mfa?: 'optional' | 'required'
  /**
   * Whose tokens the pool gives out (Cognito API Reference, IssuerConfigurationType): `"updated"` is what AWS recommends, and what a
   * pool with replicas needs. Default `"original"`.
   */
  issuer?: 'original' | 'updated'
  /** Attributes beyond the standard ones, without `custom:`; text that administrators write. Default none. */
  customAttributes?: readonly string[]
  /**
   * Attributes that users may write of themselves: standard ones by their claim's name, and `custom:NAME`. Default `["locale"]`: who
   * may write a claim may choose what it opens.
   */
  writableAttributes?: readonly string[]
  /** Nobody deletes the pool before this is switched off. Default true. */
  deletionProtection?: boolean
  /** Cognito's newer login pages. Default false: the classic ones. */
  managedLogin?: boolean
  /** Passkeys beside passwords; needs `managedLogin`. With `mfa` required they have to verify the person. Default false. */
  passkeys?: boolean
  /** An AWS WAF web ACL before the pool: requests of one address in five minutes, 10 or more. Default none. */
  webAcl?: RateLimit
}

/** Cognito API Reference, CreateGroup, GroupName. */
export const groupNameSchema = z
  .string()
  .regex(
    /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u,
    'should be 1 to 128 letters, digits, symbols or punctuation, no spaces',
  )
const webUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && (new URL(text).protocol === 'https:' || new URL(text).hostname === 'localhost'),
    'should be an https URL (http only for localhost)',
  )

/** Cognito API Reference, SchemaAttributeType, Name; `custom:` is put before it. */
const attributeName = '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]{1,20}'
/** Cognito Developer Guide, "Working with user attributes", standard attributes. */
const writableAttribute =
  'address|birthdate|email|family_name|gender|given_name|locale|middle_name|name|nickname|phone_number|picture|preferred_username|profile|updated_at|website|zoneinfo'

export const newUserPoolSchema: z.ZodType<NewUserPool> = z.strictObject({
  groups: z.array(groupNameSchema).exactOptional(),
  domainPrefix: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'should be 1 to 63 lower-case letters, digits and inner hyphens')
    .refine((text) => !/aws|amazon|cognito/.test(text), 'should not contain "aws", "amazon" or "cognito"')
    .exactOptional(),
  callbackUrls: z.array(webUrl).exactOptional(),
  logoutUrls: z.array(webUrl).exactOptional(),
  mfa: z.enum(['optional', 'required']).exactOptional(),
  issuer: z.enum(['original', 'updated']).exactOptional(),
  customAttributes: z
    .array(z.string().regex(new RegExp(`^${attributeName}$`, 'u'), 'should be 1 to 20 letters, digits and symbols'))
    .exactOptional(),
  writableAttributes: z
    .array(
      z
        .string()
        .regex(
          new RegExp(`^(?:${writableAttribute}|custom:${attributeName})$`, 'u'),
          'should be a standard attribute or custom:NAME',
        ),
    )
    .min(1, 'should hold at least one name: Cognito takes an empty list for all')
    .exactOptional(),
  deletionProtection: z.boolean().exactOptional(),
  managedLogin: z.boolean().exactOptional(),
  passkeys: z.boolean().exactOptional(),
  webAcl: rateLimitSchema.exactOptional(),
})
