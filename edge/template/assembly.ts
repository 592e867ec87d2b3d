/** Several stacks as a deployment would know them: references resolve to local ids, names and ARNs. */
import { existsSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { type Deployment, resolveIntrinsics, type TemplateResource, Unresolved } from './intrinsics.ts'
import { localDomain } from './local-domain.ts'
import { parseTemplate } from './parse-template.ts'
import { readText, type StackSource } from './read-stacks.ts'
import { withoutServerless } from './serverless.ts'

/** The values that a deployment would give to references in the template. */
export interface LocalValues {
  /** What `Ref` of the user pool gives, as in `us-east-1_EXAMPLE01`. */
  userPoolId: string
  /** What `Ref` of the user pool's client gives. */
  clientId: string
  /** Parameter → value, over the template's defaults. */
  parameters?: Readonly<Record<string, string>>
  /** Export → value, before those of the other stacks. */
  imports?: Readonly<Record<string, string>>
  /** `Resource`, `Resource.Attribute` → value, before anything that is known here. */
  values?: Readonly<Record<string, string>>
}

export interface FoundResource {
  stack: Stack
  logicalId: string
  resource: TemplateResource
}

const localAccount = '111122223333'

export class Assembly {
  readonly stacks: Stack[] = []
  readonly values: LocalValues
  readonly #found = new Map<string, FoundResource>()

  constructor(sources: readonly StackSource[], values: LocalValues) {
    this.values = values
    for (const source of sources) this.#add(source, values.parameters ?? {})
  }

  /** By its local id, or by a name or ARN that was made of it. */
  find(reference: string): FoundResource | undefined {
    const id = /(?::function[:/]|:key-value-store\/|:::)([^:/]+)/.exec(reference)?.[1] ?? reference
    return this.#found.get(reference) ?? this.#found.get(id) ?? this.#byName(id)
  }

  all(type: string): (FoundResource & { id: string })[] {
    return [...this.#found].flatMap(([id, found]) => (found.resource.Type === type ? [{ id, ...found }] : []))
  }

  /** What another stack exports, or writes for other regions. */
  exported(name: string): unknown {
    for (const stack of this.stacks) {
      for (const { Value, Export } of Object.values(stack.outputs)) {
        if (Export && stack.resolve(Export.Name) === name) return stack.resolve(Value)
      }
    }
    return undefined
  }

  idOf(stack: Stack, logicalId: string): string {
    const own = this.#found.get(logicalId)
    return own === undefined || own.stack === stack ? logicalId : `${stack.name}-${logicalId}`
  }

  #add(source: StackSource, given: Readonly<Record<string, unknown>>): Stack {
    const stack = new Stack(this, source, given)
    this.stacks.push(stack)
    for (const [logicalId, resource] of Object.entries(stack.resources)) {
      this.#found.set(this.idOf(stack, logicalId), { stack, logicalId, resource })
    }
    for (const [logicalId, resource] of Object.entries(stack.resources)) {
      if (resource.Type !== 'AWS::CloudFormation::Stack') continue
      const file = nestedFile(stack, resource)
      if (file === null) continue
      const parameters = resource.Properties?.Parameters
      const values = () => stack.resolve(parameters ?? {}) as Record<string, unknown>
      const nested = {
        ...source,
        name: `${stack.name}-${logicalId}`,
        file,
        template: parseTemplate(readText(file), file),
      }
      stack.nested.set(logicalId, this.#add(nested, lazily(Object.keys(parameters ?? {}), values)))
    }
    return stack
  }

  #byName(name: string): FoundResource | undefined {
    for (const found of this.#found.values()) {
      const { FunctionName, Name } = found.resource.Properties ?? {}
      if (found.resource.Type === 'AWS::Lambda::Function' && found.stack.resolve(FunctionName) === name) return found
      if (found.resource.Type === 'AWS::CloudFront::Function' && found.stack.resolve(Name) === name) return found
    }
    return undefined
  }
}

/** A nested stack's parameters may come from stacks that are read after it. */
function lazily(names: readonly string[], values: () => Record<string, unknown>): Record<string, unknown> {
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { enumerable: true, get: () => values()[name] }])),
  )
}

/** The file beside the template, or the asset that CDK names in the metadata. */
function nestedFile(stack: Stack, { Properties, Metadata }: TemplateResource): string | null {
  const named = Metadata?.['aws:asset:path'] ?? Properties?.TemplateURL
  if (typeof named !== 'string' || /^https?:/.test(named)) return null
  const file = resolvePath(stack.source.directory, named)
  return existsSync(file) ? file : null
}

interface Output {
  Value: unknown
  Export?: { Name: unknown }
}

export class Stack implements Deployment {
  readonly name: string
  readonly source: StackSource
  readonly region: string
  readonly resources: Record<string, TemplateResource>
  readonly outputs: Record<string, Output>
  readonly nested = new Map<string, Stack>()
  readonly #assembly: Assembly
  readonly #given: Readonly<Record<string, unknown>>
  readonly #resolving = new Set<string>()

  constructor(assembly: Assembly, source: StackSource, given: Readonly<Record<string, unknown>>) {
    this.#assembly = assembly
    this.source = source
    this.name = source.name
    this.region = source.region ?? 'us-east-1'
    this.#given = given
    const { Resources = {}, Outputs = {} } = source.template as { Resources?: object; Outputs?: object }
    this.resources = withoutServerless(source.template, Resources as Record<string, TemplateResource>)
    this.outputs = Outputs as Record<string, Output>
  }

  resolve(value: unknown): unknown {
    return resolveIntrinsics(value, this)
  }

  /** False: its condition says that it is not made. */
  makes(logicalId: string): boolean {
    const { Condition } = this.resources[logicalId] ?? {}
    return Condition === undefined || this.condition(Condition) !== false
  }

  ref(id: string): unknown {
    const { values } = this.#assembly
    const given = values.values?.[id]
    if (given !== undefined) return given
    const parameters = this.#section<Parameter>('Parameters')
    if (parameters[id]) return this.#parameter(id, parameters[id])
    const pseudo = this.#pseudo(id)
    if (pseudo !== undefined) return pseudo
    const resource = this.resources[id]
    if (!resource) return
    const { Type, Properties = {} } = resource
    if (Type === 'AWS::Cognito::UserPool') return values.userPoolId
    if (Type === 'AWS::Cognito::UserPoolClient') return values.clientId
    if (Type === 'AWS::SSM::Parameter') return this.resolve(Properties.Name) ?? id
    const own = this.#assembly.idOf(this, id)
    if (Type === 'AWS::S3::Bucket') return named(this.resolve(Properties.BucketName)) ?? own
    return own
  }

  attribute(id: string, name: string): unknown {
    const { values } = this.#assembly
    const given = values.values?.[`${id}.${name}`]
    if (given !== undefined) return given
    const resource = this.resources[id]
    if (!resource) return
    // SAM's `${Function.Version}`.
    if (this.resources[`${id}.${name}`]) return this.ref(`${id}.${name}`)
    const read = attributes[resource.Type]
    const value = read?.(name, resource.Properties ?? {}, this, id)
    if (value !== undefined) return value
    if (isCustom(resource.Type) || resource.Type === 'AWS::CloudFormation::Stack') return
    return this.#assembly.idOf(this, id)
  }

  condition(name: string): boolean | undefined {
    const conditions = this.#section<unknown>('Conditions')
    if (!(name in conditions)) return
    const value = this.resolve(conditions[name])
    return typeof value === 'boolean' ? value : undefined
  }

  mapping(map: string, first: string, second: string): unknown {
    return this.#section<Record<string, Record<string, unknown>>>('Mappings')[map]?.[first]?.[second]
  }

  imported(name: string): unknown {
    const given = this.#assembly.values.imports?.[name]
    if (given !== undefined) return given
    // Stacks may refer to each other; none may wait for itself.
    if (this.#resolving.has(name)) return
    this.#resolving.add(name)
    try {
      return this.#assembly.exported(name)
    } finally {
      this.#resolving.delete(name)
    }
  }

  /** Of this assembly, for attributes that are made elsewhere in it. */
  get assembly(): Assembly {
    return this.#assembly
  }

  #section<Item>(name: string): Record<string, Item> {
    return (this.source.template[name] ?? {}) as Record<string, Item>
  }

  #parameter(id: string, { Type = 'String', Default }: Parameter): unknown {
    const fromStore = Type.startsWith('AWS::SSM::Parameter::Value')
    const value = this.#given[id] ?? (fromStore ? undefined : Default)
    if (value instanceof Unresolved) return value
    if (value === undefined) {
      const why = fromStore ? 'is read from Parameter Store' : 'has no default'
      return new Unresolved(`parameter ${id} ${why}; pass --parameters ${id}=VALUE`)
    }
    return Type.includes('List') && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
  }

  #pseudo(id: string): string | undefined {
    const account = this.source.account ?? localAccount
    return {
      'AWS::Region': this.region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.name,
      'AWS::StackId': `arn:aws:cloudformation:${this.region}:${account}:stack/${this.name}/00000000-0000-4000-8000-000000000000`,
    }[id]
  }
}

interface Parameter {
  Type?: string
  Default?: unknown
}

const named = (value: unknown) => (typeof value === 'string' ? value : undefined)
const isCustom = (type: string) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'

type Attributes = (name: string, properties: Record<string, unknown>, stack: Stack, id: string) => unknown

/** Attributes that templates take apart or put together; every other one is the resource's local id. */
const attributes: Record<string, Attributes> = {
  'AWS::S3::Bucket': (name, _properties, stack, id) => {
    const bucket = String(stack.ref(id))
    if (name === 'Arn') return `arn:aws:s3:::${bucket}`
    if (name === 'WebsiteURL') return `http://${bucket}.s3-website-${stack.region}.amazonaws.com`
    if (name === 'DomainName') return `${bucket}.s3.amazonaws.com`
    return name.endsWith('DomainName') ? `${bucket}.s3.${stack.region}.amazonaws.com` : undefined
  },
  'AWS::CloudFront::Distribution': (name, _properties, stack, id) =>
    name === 'DomainName' ? localDomain(String(stack.ref(id))) : undefined,
  'AWS::Cognito::UserPool': (name, _properties, stack) => {
    const { userPoolId } = stack.assembly.values
    if (name === 'UserPoolId') return userPoolId
    if (name === 'Arn') return `arn:aws:cognito-idp:us-east-1:${localAccount}:userpool/${userPoolId}`
    if (name === 'ProviderName') return `cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
    return name === 'ProviderURL' ? `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}` : undefined
  },
  'AWS::Cognito::UserPoolClient': (name, _properties, stack) =>
    name === 'ClientId' ? stack.assembly.values.clientId : undefined,
  'AWS::Lambda::Function': (name, _properties, stack, id) =>
    name === 'Arn' ? `arn:aws:lambda:us-east-1:${localAccount}:function:${stack.ref(id)}` : undefined,
  'AWS::Lambda::Version': (name) => (name === 'Version' ? '1' : undefined),
  'AWS::Lambda::Url': (name, _properties, stack, id) =>
    name === 'FunctionUrl'
      ? `https://${String(stack.ref(id)).toLowerCase()}.lambda-url.${stack.region}.on.aws/`
      : undefined,
  'AWS::SSM::Parameter': (name, { Value }, stack) => (name === 'Value' ? stack.resolve(Value) : undefined),
  'AWS::CloudFormation::Stack': (name, _properties, stack, id) => {
    const nested = stack.nested.get(id)
    return nested?.resolve(nested.outputs[name.replace(/^Outputs\./, '')]?.Value)
  },
  // What it publishes is a version of the function it is given (function-reader.ts).
  'Custom::LambdaCodeUpdate': (name, _properties, stack, id) =>
    name === 'FunctionArn' ? stack.assembly.idOf(stack, id) : undefined,
  // CDK's own: a function's version, and other values, of a stack in another region.
  'Custom::CrossRegionStringParameterReader': (name, { ParameterName }, stack) =>
    name === 'FunctionArn' ? storedParameter(stack, stack.resolve(ParameterName)) : undefined,
  'Custom::CrossRegionExportReader': (name, _properties, stack) => {
    for (const { stack: other, resource } of stack.assembly.all('Custom::CrossRegionExportWriter')) {
      const { exports } = (resource.Properties?.WriterProps ?? {}) as { exports?: Record<string, unknown> }
      if (exports && name in exports) return other.resolve(exports[name])
    }
    return undefined
  },
}

function storedParameter(stack: Stack, name: unknown): unknown {
  for (const { stack: other, resource } of stack.assembly.all('AWS::SSM::Parameter')) {
    if (other.resolve(resource.Properties?.Name) === name) return other.resolve(resource.Properties?.Value)
  }
  return undefined
}
