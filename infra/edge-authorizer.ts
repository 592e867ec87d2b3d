import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type DeployableOptions, deployable } from '../build/bundle.ts'
import { UsageError } from '../config/usage-error.ts'
import { edgeFunction } from './limits.ts'

export interface EdgeAuthorizerProps {
  /** The bundled program, which reads the configuration put before it. */
  program: string
  /** Strings in it may be CloudFormation references: they are resolved inside the code when the stack is deployed. */
  configuration: DeployableOptions
  runtime: 'nodejs22.x' | 'nodejs24.x'
  /** Default: CloudFormation chooses. A name is needed where alarms elsewhere must know it. */
  functionName?: string
  logGroupName: string
  /** Lambda's own lines for each invocation, with its duration and INIT. */
  platformLogs: boolean
}

/** The Lambda@Edge function and the version of it that the distribution runs. */
export class EdgeAuthorizer extends Construct {
  readonly functionName: string
  readonly version: lambda.IVersion

  /** Throws a UsageError where the code is too large to stand in a template. */
  constructor(scope: Construct, id: string, props: EdgeAuthorizerProps) {
    super(scope, id)
    const handler = new lambda.Function(this, 'Function', {
      ...(props.functionName !== undefined && { functionName: props.functionName }),
      description: 'Viewer-request authorizer (edgeproof)',
      role: this.role(props.logGroupName),
      runtime: new lambda.Runtime(props.runtime, lambda.RuntimeFamily.NODEJS, { supportsInlineCode: true }),
      handler: 'index.handler',
      code: lambda.Code.fromInline(inlineCode(props.program, props.configuration, this.node.path)),
      memorySize: edgeFunction.memoryMegabytes,
      timeout: Duration.seconds(edgeFunction.timeoutSeconds),
      // JSON, so that a metric filter can read a denial's fields and the platform's own lines for each invocation can be
      // left out: they would cost a busy site many times what the function's time does.
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
      systemLogLevelV2: props.platformLogs ? lambda.SystemLogLevel.INFO : lambda.SystemLogLevel.WARN,
      logGroup: logs.LogGroup.fromLogGroupName(this, 'Logs', props.logGroupName),
      // Deleting a function fails while CloudFront keeps replicas of it, for hours after the last distribution let go
      // (CloudFront Developer Guide, "Delete Lambda@Edge functions and replicas"): remove-orphans.ts does it later.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
    handler.applyRemovalPolicy(RemovalPolicy.RETAIN)
    this.functionName = handler.functionName
    // The library's class misses its own interface under exactOptionalPropertyTypes.
    this.version = handler.currentVersion as lambda.IVersion
  }

  /** Replicas write to a log group of this one name in whichever region they run (same guide, "Edge function logs"). */
  private role(logGroupName: string): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('lambda.amazonaws.com'),
        new iam.ServicePrincipal('edgelambda.amazonaws.com'),
      ),
    })
    const logGroup = Stack.of(this).formatArn({ service: 'logs', region: '*', resource: `log-group:${logGroupName}` })
    const resources = [logGroup, `${logGroup}:*`]
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources,
      }),
    )
    Validations.of(role).acknowledge(
      ...resources.map((resource) => ({
        id: `AwsSolutions-IAM5[Resource::${this.asFinding(resource)}]`,
        reason:
          'One log group by name; CloudFront chooses the region that a replica runs in, Lambda the name of its stream.',
      })),
    )
    return role
  }

  /** An ARN as a finding of the IAM5 rule writes it: references in angle brackets. */
  private asFinding(arn: string): string {
    const resolved: unknown = Stack.of(this).resolve(arn)
    if (typeof resolved === 'string') return resolved
    const [, parts] = (resolved as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join']
    return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('')
  }
}

/**
 * The code as it stands in the template, in ASCII: a policy may hold any character, and CloudFormation is not known to
 * keep all of them. A JSON string reads the same with escapes.
 */
function inlineCode(program: string, configuration: DeployableOptions, constructPath: string): string {
  const code = deployable(program, configuration).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const { length } = JSON.stringify(code)
  if (length > edgeFunction.inlineBytes) {
    throw new UsageError(
      `${constructPath}: policy: makes the function's code ${length} bytes of the template; at most ${edgeFunction.inlineBytes} fit inline: name fewer routes, groups or keys`,
    )
  }
  return code
}
