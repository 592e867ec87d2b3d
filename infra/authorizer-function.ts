import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { bundleAuthorizer, type DeployableOptions, deployable } from '../build/bundle.ts'
import { UsageError } from '../config/usage-error.ts'
import { acknowledge, acknowledgeRoleDependency } from './acknowledge.ts'
import { acrossRegions } from './cross-region.ts'
import { edgeScope } from './edge-scope.ts'
import { edgeFunction } from './limits.ts'
import { type ProtectOptions, protectBehaviors } from './protected-behaviors.ts'
import { secretStatements } from './secret-access.ts'

export interface AuthorizerFunctionProps {
  /** A bundled program, which reads the configuration put before it. Default: the authorizer, with what the policy uses. */
  program?: string
  /** Strings in it may be CloudFormation references: they are resolved inside the code when the stack is deployed. */
  configuration: DeployableOptions
  /** Default `"nodejs24.x"`. */
  runtime?: 'nodejs22.x' | 'nodejs24.x'
  /** Default: CloudFormation chooses. A name is needed where alarms elsewhere must know it. */
  functionName?: string
  logGroupName: string
  /** Lambda's own lines for each invocation, with its duration and INIT. Default false. */
  platformLogs?: boolean
  /** The key that the secrets of `signIn` are encrypted with, where it is one of your own. */
  secretKeyArn?: string
}

/** The Lambda@Edge function, in us-east-1 wherever the construct is, and the version of it that distributions run. */
export class AuthorizerFunction extends Construct {
  readonly functionName: string
  /** Where every replica logs, in whichever region it runs. */
  readonly logGroupName: string
  readonly version: lambda.IVersion
  /** The function's own, in us-east-1. */
  readonly stack: Stack
  /** What a behavior of a distribution that is yet to be made takes as one of its `edgeLambdas`. */
  readonly edgeLambda: cloudfront.EdgeLambda
  readonly #configuration: DeployableOptions

  /** Throws a UsageError where the code is too large to stand in a template. */
  constructor(scope: Construct, id: string, props: AuthorizerFunctionProps) {
    super(scope, id)
    const edge = edgeScope(this)
    const configuration = acrossRegions(edge, props.configuration)
    const { functionName } = props
    const handler = new lambda.Function(edge, 'Function', {
      ...(functionName !== undefined && { functionName }),
      description: 'Viewer-request authorizer (edgeproof)',
      role: functionRole(edge, props),
      runtime: new lambda.Runtime(props.runtime ?? 'nodejs24.x', lambda.RuntimeFamily.NODEJS, {
        supportsInlineCode: true,
      }),
      handler: 'index.handler',
      code: lambda.Code.fromInline(
        inlineCode(props.program ?? bundleAuthorizer(configuration.policy).program, configuration, this.node.path),
      ),
      memorySize: edgeFunction.memoryMegabytes,
      timeout: Duration.seconds(edgeFunction.timeoutSeconds),
      // JSON, so that a metric filter can read a denial's fields and the platform's own lines for each invocation can be
      // left out: they would cost a busy site many times what the function's time does.
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
      systemLogLevelV2: props.platformLogs === true ? lambda.SystemLogLevel.INFO : lambda.SystemLogLevel.WARN,
      logGroup: logs.LogGroup.fromLogGroupName(edge, 'Logs', props.logGroupName),
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
    // Deleting a function fails while CloudFront keeps replicas of it, for hours after the last distribution let go
    // (CloudFront Developer Guide, "Delete Lambda@Edge functions and replicas"): remove-orphans.ts does it later. One of a fixed
    // name goes where a first deployment fails, or the next would find the name taken.
    const kept = functionName === undefined ? RemovalPolicy.RETAIN : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    handler.applyRemovalPolicy(kept)
    handler.currentVersion.applyRemovalPolicy(kept)
    acknowledgeRoleDependency(handler)
    this.functionName = functionName ?? acrossRegions(this, handler.functionName)
    this.logGroupName = props.logGroupName
    this.stack = Stack.of(edge)
    this.version =
      edge === this
        ? // The library's class misses its own interface under exactOptionalPropertyTypes.
          (handler.currentVersion as lambda.IVersion)
        : lambda.Version.fromVersionArn(this, 'Version', acrossRegions(this, handler.currentVersion.functionArn))
    this.edgeLambda = { eventType: 'viewer-request' as cloudfront.LambdaEdgeEventType, functionVersion: this.version }
    this.#configuration = configuration
  }

  /**
   * Puts the function before the cache of a distribution of the same app: for one behavior's path pattern (`"*"` is the default
   * one), or without a pattern for every behavior, those included that are added later. Viewers' requests for another pattern are
   * not looked at.
   *
   * @throws UsageError for a distribution that the app only imports, for a pattern that it does not have, and where a function runs
   * on viewer request already.
   *
   * @example
   * new EdgeAuthorizer(stack, 'Authorizer', { policy }).protect(distribution, '/files/*')
   */
  protect(distribution: cloudfront.IDistribution, pattern?: string, options: ProtectOptions = {}): void {
    protectBehaviors(this, distribution, pattern, { ...options, policy: this.#configuration.policy })
  }
}

/** Replicas write to a log group of this one name in whichever region they run (same guide, "Edge function logs"). */
function functionRole(
  scope: Construct,
  { logGroupName, configuration, secretKeyArn }: AuthorizerFunctionProps,
): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.CompositePrincipal(
      new iam.ServicePrincipal('lambda.amazonaws.com'),
      new iam.ServicePrincipal('edgelambda.amazonaws.com'),
    ),
  })
  const logGroup = Stack.of(scope).formatArn({ service: 'logs', region: '*', resource: `log-group:${logGroupName}` })
  const resources = [logGroup, `${logGroup}:*`]
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources,
    }),
  )
  for (const statement of secretStatements(configuration.policy.signIn?.secret, secretKeyArn)) {
    role.addToPolicy(statement)
  }
  acknowledge(role, {
    rule: 'AwsSolutions-IAM5',
    findings: resources.map((resource) => `Resource::${asFinding(role, resource)}`),
    reason:
      'One log group by name; CloudFront chooses the region that a replica runs in, Lambda the name of its stream.',
  })
  return role
}

/** An ARN as a finding of the IAM5 rule writes it: references in angle brackets. */
function asFinding(scope: Construct, arn: string): string {
  const resolved: unknown = Stack.of(scope).resolve(arn)
  if (typeof resolved === 'string') return resolved
  const [, parts] = (resolved as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join']
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('')
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
