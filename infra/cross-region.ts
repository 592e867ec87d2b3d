import { createHash } from 'node:crypto'
import {
  CfnElement,
  CfnOutput,
  Fn,
  type IResolvable,
  Lazy,
  Names,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
} from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { isBeside } from './edge-scope.ts'

/**
 * The value, or a structure of values, as the consumer's stack can say it: each reference to a resource of a stack in
 * another region becomes `Fn::GetStackOutput`, which CloudFormation itself resolves across regions (Template Reference Guide,
 * "Fn::GetStackOutput"), so that no function, role or parameter joins the two. The library's own way takes
 * `crossRegionReferences` on both stacks.
 */
export function acrossRegions<Value>(consumer: IConstruct, value: Value): Value {
  return replaced(value, (text) => {
    if (!Token.isUnresolved(text)) return text
    const mapToken = (token: IResolvable) => (isElsewhere(token, consumer) ? stackOutput(consumer, token) : token)
    return Tokenization.reverseString(text).mapTokens({ mapToken }).join(new StringConcat())
  }) as Value
}

function replaced(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map((item) => replaced(item, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, replaced(field, replace)]))
}

function isElsewhere(token: IResolvable, consumer: IConstruct): token is Reference {
  if (!Reference.isReference(token)) return false
  const [from, to] = [Stack.of(token.target), Stack.of(consumer)]
  // Between a site's own stacks nothing is exported either: an export cannot change while another stack uses it.
  return from !== to && (isBeside(from) || (!Token.isUnresolved(from.region) && from.region !== to.region))
}

/** An output that the other stack gets for this, once for each value; it is deployed first. */
function stackOutput(consumer: IConstruct, reference: Reference): string {
  const producer = Stack.of(reference.target)
  if (reference.displayName === 'AWS::Region') return producer.region
  if (reference.displayName.startsWith('AWS::')) return Fn.ref(reference.displayName)
  Stack.of(consumer).node.addDependency(producer)
  const id = `Read${Names.nodeUniqueId(reference.target.node)}${reference.displayName}`.replace(/[^A-Za-z0-9]/g, '')
  if (!producer.node.tryFindChild(id))
    new CfnOutput(producer, id, { value: Token.asString(reference) }).overrideLogicalId(id)
  const read = { StackName: producer.stackName, OutputName: id, Region: producer.region }
  // Selecting the first is the value itself. What follows changes with the resource: a template that stays the same is not
  // deployed, and would keep the value that it once read. The output's name stays, for a roll-back to find.
  return Token.asString({
    'Fn::Select': [
      0,
      [{ 'Fn::GetStackOutput': read }, Lazy.uncachedString({ produce: () => digest(reference.target) })],
    ],
  })
}

/** Of the resource as it stands in its template. */
function digest(target: IConstruct): string {
  const element = CfnElement.isCfnElement(target) ? target : target.node.defaultChild
  // The library writes templates with it and leaves it out of its declarations.
  const { _toCloudFormation } = (element ?? {}) as { _toCloudFormation?: () => object }
  const rendered = Stack.of(target).resolve(_toCloudFormation?.call(element))
  return createHash('sha256')
    .update(JSON.stringify(rendered ?? target.node.path))
    .digest('hex')
    .slice(0, 16)
}
