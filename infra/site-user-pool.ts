import { Aws, type CfnResource, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as cognito from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import type { Policy, SignIn } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import type { NewUserPool } from '../config/user-pool-schema.ts'
import { acknowledge } from './acknowledge.ts'
import { edgeRegion, stackBeside } from './edge-scope.ts'
import { isSignInOfPool } from './policy-of-pool.ts'
import { clientScopes, signInUrls } from './sign-in-urls.ts'
import { rateLimitedPool } from './web-acl.ts'

export interface SiteUserPoolProps extends NewUserPool {
  groups: readonly string[]
  domainPrefix: string
  region: string
  /** What the client is for, besides scripts: sign-in at the edge. */
  signIn?: SignIn
}

/** The users, their groups, and a public client (no secret: it runs in browsers) that gets their tokens. */
export class SiteUserPool extends Construct {
  readonly pool: cognito.UserPool
  readonly client: cognito.UserPoolClient
  /** Where people log in: `https://<prefix>.auth.<region>.amazoncognito.com`. */
  readonly loginUrl: string
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`, or the updated form; the id is known when the stack is deployed. */
  readonly issuer: string

  constructor(scope: Construct, id: string, props: SiteUserPoolProps) {
    super(scope, id)
    this.pool = userPool(this, props)
    for (const group of props.groups) {
      new cognito.UserPoolGroup(this, `Group-${group}`, { userPool: this.pool, groupName: group })
    }
    this.client = userPoolClient(this.pool, props)
    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: props.domainPrefix },
      ...(props.managedLogin && { managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN }),
    })
    if (props.managedLogin) {
      // The newer pages are not served for a client without a style (Cognito API Reference, UpdateUserPoolClient).
      const style = new cognito.CfnManagedLoginBranding(this, 'Style', {
        userPoolId: this.pool.userPoolId,
        clientId: this.client.userPoolClientId,
        useCognitoProvidedValues: true,
      })
      style.node.addDependency(domain)
    }
    if (props.webAcl) rateLimitedPool(this, this.pool, props.webAcl)
    acknowledge(
      this.pool,
      {
        rule: 'AwsSolutions-COG2',
        reason:
          'A second factor is optional by default, so that a first sign-in works; createUserPool.mfa requires it.',
      },
      {
        rule: 'AwsSolutions-COG8',
        reason: "Threat protection belongs to Cognito's paid Plus plan; switching it on is the owner's choice.",
      },
    )
    this.loginUrl = `https://${props.domainPrefix}.auth.${props.region}.amazoncognito.com`
    const host = props.issuer === 'updated' ? 'issuer-cognito-idp' : 'cognito-idp'
    this.issuer = `https://${host}.${props.region}.amazonaws.com/${this.pool.userPoolId}`
  }
}

/**
 * The users of a site that makes its own pool. The function needs to know the pool, and the site's stack the function: where the function
 * is in another stack, so is the pool, in one that comes before both.
 */
export function siteUsers(
  scope: Construct,
  siteName: string,
  policy: Policy,
  site: SiteConfig & { createUserPool: NewUserPool },
): SiteUserPool {
  const stack = Stack.of(scope)
  const { region, account } = stack
  const home =
    region === edgeRegion
      ? scope
      : new Construct(stackBeside(stack, 'users', { region, account }), Names.nodeUniqueId(scope.node))
  const { createUserPool } = site
  const named = [...(createUserPool.groups ?? []), ...policy.routes.flatMap((route) => route.groups ?? [])]
  const signIn = isSignInOfPool(policy, site) ? policy.signIn : undefined
  return new SiteUserPool(home, 'Users', {
    domainPrefix: `${siteName.toLowerCase()}-${Aws.ACCOUNT_ID}`,
    ...createUserPool,
    ...(signIn && { signIn, ...signInUrls(signIn, signIn.hosts ?? [], createUserPool) }),
    groups: [...new Set(named)],
    region,
  })
}

function userPool(scope: Construct, props: SiteUserPoolProps): cognito.UserPool {
  const { customAttributes = [], deletionProtection = true } = props
  const required = props.mfa === 'required'
  const pool = new cognito.UserPool(scope, 'Pool', {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    mfa: required ? cognito.Mfa.REQUIRED : cognito.Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    ...(customAttributes.length > 0 && {
      customAttributes: Object.fromEntries(
        customAttributes.map((name) => [name, new cognito.StringAttribute({ mutable: true })]),
      ),
    }),
    ...(deletionProtection && { deletionProtection: true }),
    ...(props.passkeys && {
      signInPolicy: { allowedFirstAuthFactors: { password: true, passkey: true } },
      passkeyRelyingPartyId: `${props.domainPrefix}.auth.${props.region}.amazoncognito.com`,
      ...(required && { passkeyUserVerification: cognito.PasskeyUserVerification.REQUIRED }),
    }),
    removalPolicy: RemovalPolicy.RETAIN,
  })
  const resource = pool.node.defaultChild as CfnResource
  if (props.issuer === 'updated') resource.addPropertyOverride('IssuerConfiguration', { Type: 'UPDATED' })
  // Cognito API Reference, WebAuthnConfigurationType: otherwise a passkey is one factor, and does not do where two are required.
  if (props.passkeys && required) {
    resource.addPropertyOverride('WebAuthnFactorConfiguration', 'MULTI_FACTOR_WITH_USER_VERIFICATION')
  }
  return pool
}

function userPoolClient(pool: cognito.UserPool, props: SiteUserPoolProps): cognito.UserPoolClient {
  const { callbackUrls = [], logoutUrls = [], signIn, writableAttributes = ['locale'] } = props
  const oauth = callbackUrls.length > 0
  const client = pool.addClient('Client', {
    generateSecret: false,
    // Signing in with a password on the server needs the account's own IAM rights; `edgeproof tokens` does that.
    authFlows: { userSrp: true, adminUserPassword: true, ...(props.passkeys && { user: true }) },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    disableOAuth: !oauth,
    ...(oauth && {
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: clientScopes(signIn).map((name) => cognito.OAuthScope.custom(name)),
        callbackUrls: [...callbackUrls],
        logoutUrls: [...logoutUrls],
      },
    }),
  })
  const resource = client.node.defaultChild as cognito.CfnUserPoolClient
  resource.writeAttributes = [...writableAttributes]
  if (signIn) rotateRefreshTokens(resource)
  return client
}

/**
 * RFC 9700 2.2.2: the refresh tokens of a public client rotate, here with the longest grace that Cognito has, so that two tabs
 * that refresh at once both go on. Cognito then takes them at the token endpoint only (Cognito Developer Guide, "Refresh token
 * rotation").
 */
function rotateRefreshTokens(client: cognito.CfnUserPoolClient): void {
  client.refreshTokenRotation = { feature: 'ENABLED', retryGracePeriodSeconds: 60 }
  client.explicitAuthFlows = (client.explicitAuthFlows ?? []).filter((flow) => flow !== 'ALLOW_REFRESH_TOKEN_AUTH')
}
