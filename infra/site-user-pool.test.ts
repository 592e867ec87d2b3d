import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { templateOf } from './template-of.ts'

test('a created pool wants strong passwords, offers a second factor, is invitation only, and outlives the stack', async () => {
  const template = await templateOf({ createUserPool: {} })
  template.hasResource('AWS::Cognito::UserPool', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: {
        PasswordPolicy: Match.objectLike({
          MinimumLength: 12,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          RequireUppercase: true,
        }),
      },
    },
  })
  const strict = await templateOf({ createUserPool: { mfa: 'required' } })
  strict.hasResourceProperties('AWS::Cognito::UserPool', { MfaConfiguration: 'ON' })
})

test('the groups are those of the configuration and of the routes, once each', async () => {
  const template = await templateOf({ createUserPool: { groups: ['editors', 'analysts'] } })
  const groups = Object.values(template.findResources('AWS::Cognito::UserPoolGroup'))
  expect(groups.map(({ Properties }) => Properties.GroupName).sort()).toEqual(['analysts', 'editors'])
})

test('the client has no secret, and OAuth only where there is somewhere to return to', async () => {
  const plain = await templateOf({ createUserPool: {} })
  plain.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    GenerateSecret: false,
    AllowedOAuthFlowsUserPoolClient: false,
    PreventUserExistenceErrors: 'ENABLED',
    // Nobody signs in with a bare password but the account itself, for edgeproof tokens.
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  const callbackUrls = ['https://app.example.com/signed-in']
  const template = await templateOf({ createUserPool: { callbackUrls, domainPrefix: 'files' } })
  template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    GenerateSecret: false,
    AllowedOAuthFlows: ['code'],
    CallbackURLs: callbackUrls,
  })
  template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'files' })
})

test('a pool that exists, or another issuer, is left alone', async () => {
  const userPoolArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01'
  for (const template of [await templateOf(), await templateOf({ userPoolArn })]) {
    for (const type of ['UserPool', 'UserPoolClient', 'UserPoolGroup', 'UserPoolDomain']) {
      template.resourceCountIs(`AWS::Cognito::${type}`, 0)
    }
  }
})
