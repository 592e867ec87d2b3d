import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as cognito from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import type { NewUserPool } from '../config/site-schema.ts'

export interface SiteUserPoolProps extends NewUserPool {
  groups: readonly string[]
  domainPrefix: string
  region: string
}

/** The users, their groups, and a public client (no secret: it runs in browsers) that gets their tokens. */
export class SiteUserPool extends Construct {
  readonly pool: cognito.UserPool
  readonly client: cognito.UserPoolClient
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`; the id is known when the stack is deployed. */
  readonly issuer: string

  constructor(scope: Construct, id: string, props: SiteUserPoolProps) {
    super(scope, id)
    this.pool = new cognito.UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      mfa: props.mfa === 'required' ? cognito.Mfa.REQUIRED : cognito.Mfa.OPTIONAL,
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
      removalPolicy: RemovalPolicy.RETAIN,
    })
    for (const group of props.groups) {
      new cognito.UserPoolGroup(this, `Group-${group}`, { userPool: this.pool, groupName: group })
    }
    const oauth = (props.callbackUrls ?? []).length > 0
    this.client = this.pool.addClient('Client', {
      generateSecret: false,
      // Signing in with a password on the server needs the account's own IAM rights; `edgeproof tokens` does that.
      authFlows: { userSrp: true, adminUserPassword: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      disableOAuth: !oauth,
      ...(oauth && {
        oAuth: {
          flows: { authorizationCodeGrant: true },
          scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
          callbackUrls: [...(props.callbackUrls ?? [])],
          logoutUrls: [...(props.logoutUrls ?? [])],
        },
      }),
    })
    this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: props.domainPrefix } })
    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG2',
      reason: 'A second factor is optional by default, so that a first sign-in works; createUserPool.mfa requires it.',
    })
    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason: "Threat protection belongs to Cognito's paid Plus plan; switching it on is the owner's choice.",
    })
    this.issuer = `https://cognito-idp.${props.region}.amazonaws.com/${this.pool.userPoolId}`
  }
}
