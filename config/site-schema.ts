/** The `site` section: what the deployed stack has beyond the policy. Limits are the AWS services' own. */
import * as z from 'zod'

/** A Cognito user pool that the stack creates and keeps. */
export interface NewUserPool {
  /** Groups to create in addition to those that routes name. */
  groups?: readonly string[]
  /** Prefix of the hosted login domain, unique in the region. Default: the stack's name in lower case and the account's id. */
  domainPrefix?: string
  /** Where the hosted login may send users back to; without any, OAuth flows stay off. */
  callbackUrls?: readonly string[]
  logoutUrls?: readonly string[]
  /** Second factor by authenticator app. Default `"optional"`. */
  mfa?: 'optional' | 'required'
}

export interface SiteConfig {
  /** CloudFormation's name of the stack. Default `"EdgeproofSite"`. */
  stackName?: string
  /** The stack creates a user pool and a client; their issuer and client id take the place of the policy's. */
  createUserPool?: NewUserPool
  /**
   * A user pool that exists, in any region: `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`. Its issuer takes the
   * place of the policy's; the client ids are the policy's. With neither, the policy's issuer (any OIDC issuer) stays.
   */
  userPoolArn?: string
}

/** Cognito API Reference, CreateGroup, GroupName. */
const groupName = z
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

const newUserPool = z.strictObject({
  groups: z.array(groupName).exactOptional(),
  domainPrefix: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'should be 1 to 63 lower-case letters, digits and inner hyphens')
    .refine((text) => !/aws|amazon|cognito/.test(text), 'should not contain "aws", "amazon" or "cognito"')
    .exactOptional(),
  callbackUrls: z.array(webUrl).exactOptional(),
  logoutUrls: z.array(webUrl).exactOptional(),
  mfa: z.enum(['optional', 'required']).exactOptional(),
})

const region = '[a-z]{2}(?:-[a-z]+)+-\\d'
const userPoolArn = z
  .string()
  .regex(
    new RegExp(`^arn:aws[a-z-]*:cognito-idp:${region}:\\d{12}:userpool/${region}_[0-9A-Za-z]+$`),
    'should be a user pool ARN such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01',
  )

export const siteSchema: z.ZodType<SiteConfig> = z
  .strictObject({
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'should be 1 to 128 letters, digits and hyphens, beginning with a letter')
      .exactOptional(),
    createUserPool: newUserPool.exactOptional(),
    userPoolArn: userPoolArn.exactOptional(),
  })
  .refine(({ createUserPool, userPoolArn }) => !createUserPool || userPoolArn === undefined, {
    path: ['userPoolArn'],
    message: 'should be left out where createUserPool is given: a site has one pool',
  })
