import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { EdgeConfiguration } from '../authorizer/configuration.ts'
import { deployable } from '../bundle/bundle.ts'

export interface EdgeAuthorizerProps {
  /** The bundled program (`bundleAuthorizer()`), which reads the configuration put before it. */
  program: string
  /** Strings in it may be CloudFormation references: they are resolved inside the code when the stack is deployed. */
  configuration: EdgeConfiguration
}

/** The Lambda@Edge function and the version of it that the distribution runs. */
export class EdgeAuthorizer extends Construct {
  readonly version: lambda.IVersion

  constructor(scope: Construct, id: string, { program, configuration }: EdgeAuthorizerProps) {
    super(scope, id)
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('lambda.amazonaws.com'),
        new iam.ServicePrincipal('edgelambda.amazonaws.com'),
      ),
    })
    // Replicas write to the log groups of the regions they run in, under a name that begins with the function's home region.
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [
          Stack.of(this).formatArn({ service: 'logs', region: '*', resource: 'log-group:/aws/lambda/us-east-1.*' }),
        ],
      }),
    )
    const handler = new lambda.Function(this, 'Function', {
      role,
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(deployable(program, configuration)),
      memorySize: 128,
      timeout: Duration.seconds(5),
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
    handler.applyRemovalPolicy(RemovalPolicy.RETAIN)
    // The library's class misses its own interface under exactOptionalPropertyTypes.
    this.version = handler.currentVersion as lambda.IVersion
  }
}
