import { Names, Stack, Stage, Token } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { UsageError } from '../config/usage-error.ts'

/**
 * Where CloudFront takes functions, web ACLs and its logs' deliveries from (CloudFront Developer Guide, "Restrictions on Lambda@Edge",
 * "Configure standard logging (v2)"; WAF Developer Guide, "Resources that you can protect").
 */
export const edgeRegion = 'us-east-1'

/**
 * The construct itself where its stack is in us-east-1; else a scope for it in a stack beside its own, which all that need one
 * share. `suffix` tells a stack that is deployed after the construct's own from one that goes before.
 *
 * @throws UsageError where the stack's region is not known.
 */
export function edgeScope(construct: Construct, suffix = edgeRegion): Construct {
  const { region, account, nestedStackParent } = Stack.of(construct)
  const { stackName } = Stack.of(construct)
  if (Token.isUnresolved(region)) {
    throw new UsageError(
      `stack ${stackName}: env.region: is not given; the function is in us-east-1, and what is beside it has to know: env: { region: 'us-east-1' }, or your own`,
    )
  }
  if (region === edgeRegion) return construct
  const stack = nestedStackParent ?? Stack.of(construct)
  return new Construct(stackBeside(stack, suffix, { region: edgeRegion, account }), Names.nodeUniqueId(construct.node))
}

const made = new WeakSet<Stack>()

/** Whether the stack is one that `stackBeside` made. */
export function isBeside(stack: Stack): boolean {
  return made.has(stack)
}

/** The stack NAME-SUFFIX of the same stage, made where it is not there yet. */
export function stackBeside(stack: Stack, suffix: string, env: { region: string; account: string }): Stack {
  const stage = Stage.of(stack)
  if (!stage) throw new UsageError(`stack ${stack.stackName}: is in no app; give it one: new Stack(new App(), …)`)
  const stackName = `${stack.stackName}-${suffix}`
  const present = stage.node.tryFindChild(stackName)
  if (present) return present as Stack
  const beside = new Stack(stage, stackName, {
    stackName,
    env,
    description: `What ${stack.stackName} needs in a stack of its own in ${env.region} (edgeproof)`,
    ...(stack.terminationProtection && { terminationProtection: true }),
  })
  made.add(beside)
  return beside
}
