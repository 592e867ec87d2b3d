import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { AwsCalls } from './aws-calls.ts'

export interface DeployedStack {
  StackStatus: string
  outputs: Record<string, string>
}

interface Described {
  Stacks: { StackStatus: string; Outputs?: { OutputKey: string; OutputValue: string }[] }[]
}

/**
 * Creates a stack from an assembly's template by CloudFormation's own API, much faster than the CLI. The emulator's `Fn::GetStackOutput`
 * looks in its own region only, so the values of others are put into the template here.
 */
export function createStack(aws: AwsCalls, assembly: string, name: string, region: string): Promise<DeployedStack> {
  return deploy(aws, 'create_stack', assembly, name, region)
}

export function updateStack(aws: AwsCalls, assembly: string, name: string, region: string): Promise<DeployedStack> {
  return deploy(aws, 'update_stack', assembly, name, region)
}

async function deploy(
  aws: AwsCalls,
  operation: 'create_stack' | 'update_stack',
  assembly: string,
  name: string,
  region: string,
): Promise<DeployedStack> {
  const template = JSON.parse(await readFile(join(assembly, `${name}.template.json`), 'utf8'))
  // The CLI's own: a parameter that reads the bootstrap version.
  const { Parameters, Rules, ...written } = template
  const TemplateBody = JSON.stringify(await withOutputs(aws, written, region))
  await aws.call(
    'cloudformation',
    operation,
    { StackName: name, TemplateBody, Capabilities: ['CAPABILITY_IAM'] },
    region,
  )
  for (;;) {
    const stack = await describe(aws, name, region)
    if (!stack.StackStatus.endsWith('_IN_PROGRESS')) return stack
    await setTimeout(50)
  }
}

async function describe(aws: AwsCalls, name: string, region: string): Promise<DeployedStack> {
  const { Stacks } = await aws.call<Described>('cloudformation', 'describe_stacks', { StackName: name }, region)
  const [{ StackStatus, Outputs = [] } = { StackStatus: 'missing' }] = Stacks
  return {
    StackStatus,
    outputs: Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  }
}

async function withOutputs(aws: AwsCalls, value: unknown, region: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => withOutputs(aws, item, region)))
  if (typeof value !== 'object' || value === null) return value
  const read = (value as Record<string, Record<string, string> | undefined>)['Fn::GetStackOutput']
  if (read?.Region !== undefined && read.Region !== region) {
    const { outputs } = await describe(aws, String(read.StackName), read.Region)
    return outputs[String(read.OutputName)]
  }
  const fields = Object.entries(value).map(async ([key, field]) => [key, await withOutputs(aws, field, region)])
  return Object.fromEntries(await Promise.all(fields))
}
