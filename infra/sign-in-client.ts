import * as cdk from 'aws-cdk-lib'
import type * as cognito from 'aws-cdk-lib/aws-cognito'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as custom from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import type { SignIn } from '../authorizer/policy.ts'
import { acknowledge, acknowledgeRoleDependency } from './acknowledge.ts'
import { acrossRegions } from './cross-region.ts'
import { clientScopes, signInUrls } from './sign-in-urls.ts'

export interface SignInClientProps {
  pool: cognito.IUserPool
  client: cognito.UserPoolClient
  signIn: SignIn
  /** The distribution's own domain name. */
  host: string
}

/**
 * Tells a pool's client the URLs of a distribution that has no domain of its own. The name is known once the distribution exists,
 * the distribution needs the function, and the function the client's id: so the client is made with OAuth off, and this, after all
 * three, sends every field of it again, since UpdateUserPoolClient resets what is left out (Cognito API Reference).
 */
export class SignInClient extends Construct {
  constructor(scope: Construct, id: string, { pool, client, signIn, host }: SignInClientProps) {
    super(scope, id)
    const resource = client.node.defaultChild as cognito.CfnUserPoolClient
    const { callbackUrLs: callbackUrls = [], logoutUrLs: logoutUrls = [] } = resource
    const urls = signInUrls(signIn, [host], { callbackUrls, logoutUrls })
    const update: custom.AwsSdkCall = {
      service: 'CognitoIdentityServiceProvider',
      action: 'updateUserPoolClient',
      parameters: acrossRegions(this, {
        ...fieldsOf(resource),
        UserPoolId: pool.userPoolId,
        ClientId: client.userPoolClientId,
        CallbackURLs: urls.callbackUrls,
        LogoutURLs: urls.logoutUrls,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: [...clientScopes(signIn)],
        AllowedOAuthFlowsUserPoolClient: true,
      }),
      physicalResourceId: custom.PhysicalResourceId.of(`${id} of ${cdk.Names.uniqueId(this)}`),
      // Of the answer nothing else gets into the custom resource, its log or its attributes.
      outputPaths: ['UserPoolClient.ClientId'],
      logging: custom.Logging.withDataHidden(),
    }
    new custom.AwsCustomResource(this, 'Update', {
      resourceType: 'Custom::SignInClient',
      onCreate: update,
      onUpdate: update,
      policy: custom.AwsCustomResourcePolicy.fromStatements([
        new iam.PolicyStatement({
          actions: ['cognito-idp:UpdateUserPoolClient'],
          resources: [acrossRegions(this, pool.userPoolArn)],
        }),
      ]),
      installLatestAwsSdk: false,
    })
    acknowledgeProvider(this)
  }
}

/** What the template says of the client, in the names of the API. */
function fieldsOf(client: cognito.CfnUserPoolClient): Record<string, unknown> {
  const fields = {
    ClientName: client.clientName,
    ReadAttributes: client.readAttributes,
    WriteAttributes: client.writeAttributes,
    ExplicitAuthFlows: client.explicitAuthFlows,
    SupportedIdentityProviders: client.supportedIdentityProviders,
    AccessTokenValidity: client.accessTokenValidity,
    IdTokenValidity: client.idTokenValidity,
    RefreshTokenValidity: client.refreshTokenValidity,
    AuthSessionValidity: client.authSessionValidity,
    PreventUserExistenceErrors: client.preventUserExistenceErrors,
    EnableTokenRevocation: client.enableTokenRevocation,
    EnablePropagateAdditionalUserContextData: client.enablePropagateAdditionalUserContextData,
    TokenValidityUnits: upperCase(client.tokenValidityUnits),
    AnalyticsConfiguration: upperCase(client.analyticsConfiguration),
    RefreshTokenRotation: upperCase(client.refreshTokenRotation),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** `retryGracePeriodSeconds` is `RetryGracePeriodSeconds` in the API. */
function upperCase(fields: object | undefined): object | undefined {
  const renamed = Object.entries(fields ?? {}).map(([key, value]) => [
    `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    value,
  ])
  return fields && Object.fromEntries(renamed)
}

/** The library's own function for such calls, one for the stack. */
function acknowledgeProvider(scope: Construct): void {
  const provider = cdk.Stack.of(scope).node.tryFindChild(
    `AWS${custom.AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`,
  )
  if (!provider) return
  acknowledgeRoleDependency(provider)
  acknowledge(
    provider as Construct,
    {
      rule: 'AwsSolutions-IAM4',
      findings: ['Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      reason: "The library's function for calls of the AWS SDK writes its log with AWS's own policy for that.",
    },
    {
      rule: 'AwsSolutions-L1',
      reason: "The library chooses its function's runtime.",
    },
  )
}
