/** CloudFormation's intrinsic functions, evaluated without a deployment. */

export interface TemplateResource {
  Type: string
  Properties?: Record<string, unknown>
  Condition?: string
  Metadata?: Record<string, unknown>
}

/** What a deployment would know. Each answers undefined for what it does not know. */
export interface Deployment {
  /** The value of `Ref`. */
  ref(logicalId: string): unknown
  /** The value of `Fn::GetAtt`. */
  attribute(logicalId: string, name: string): unknown
  condition?(name: string): boolean | undefined
  mapping?(map: string, first: string, second: string): unknown
  imported?(name: string): unknown
  region?: string
}

/** Stands for a value that only a deployment knows, wherever one is needed; it matters only where it is read. */
export class Unresolved {
  readonly reasons: readonly string[]
  constructor(...reasons: string[]) {
    this.reasons = reasons
  }

  get reason(): string {
    return this.reasons.join('; ')
  }
}

const noValue = Symbol('AWS::NoValue')

/**
 * Resolves every intrinsic function in any value (CloudFormation User Guide, "Intrinsic function reference"). What only a
 * deployment knows, and whatever is made of it, becomes an `Unresolved` that names it.
 */
export function resolveIntrinsics(value: unknown, deployment: Deployment): unknown {
  const resolved = resolve(value, deployment)
  return resolved === noValue ? undefined : resolved
}

function resolve(value: unknown, deployment: Deployment): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, deployment)).filter((item) => item !== noValue)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first) {
    const [name, argument] = first
    const evaluate = intrinsics[name]
    if (evaluate) return evaluate(argument, deployment)
    if (name.startsWith('Fn::')) return new Unresolved(`${name} is not known here`)
  }
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const resolved = resolve(item, deployment)
      return resolved === noValue ? [] : [[key, resolved]]
    }),
  )
}

type Intrinsic = (argument: unknown, deployment: Deployment) => unknown

/** A function of plain values: what is unresolved in its argument stays so. */
function plain(evaluate: (argument: never) => unknown): Intrinsic {
  return (argument, deployment) => {
    const resolved = resolve(argument, deployment)
    return unresolvedIn(resolved) ?? evaluate(resolved as never)
  }
}

const intrinsics: Record<string, Intrinsic> = {
  Ref: (name, deployment) =>
    name === 'AWS::NoValue' ? noValue : known(deployment.ref(String(name)), `Ref ${String(name)}`),
  'Fn::GetAtt': (argument, deployment) => {
    const parts = Array.isArray(argument) ? argument : String(argument).split('.')
    const [id = '', ...path] = parts.map((part) => String(resolve(part, deployment)))
    const name = path.join('.')
    return known(deployment.attribute(id, name), `Fn::GetAtt ${id}.${name}`)
  },
  'Fn::Join': plain(([separator, parts]: [string, unknown[]]) => parts.join(separator)),
  'Fn::Sub': substitute,
  'Fn::Select': plain(([index, list]: [number | string, unknown[]]) => {
    const item = list[Number(index)]
    return item === undefined ? new Unresolved(`Fn::Select: the list has no item ${index}`) : item
  }),
  'Fn::Split': plain(([separator, text]: [string, string]) => String(text).split(separator)),
  'Fn::Base64': plain((text: string) => Buffer.from(text).toString('base64')),
  'Fn::ToJsonString': plain((value: unknown) => JSON.stringify(value)),
  'Fn::Length': plain((list: unknown[]) => list.length),
  'Fn::GetAZs': (_argument, { region = 'us-east-1' }) => ['a', 'b', 'c'].map((zone) => region + zone),
  'Fn::FindInMap': (argument, deployment) => {
    const [map, first, second, options] = resolve(argument, deployment) as [string, string, string, object?]
    const missing = unresolvedIn([map, first, second])
    if (missing) return missing
    const fallback = (options as { DefaultValue?: unknown } | undefined)?.DefaultValue
    return known(deployment.mapping?.(map, first, second) ?? fallback, `Fn::FindInMap ${map}.${first}.${second}`)
  },
  'Fn::ImportValue': (argument, deployment) => {
    const name = resolve(argument, deployment)
    if (name instanceof Unresolved) return name
    return known(
      deployment.imported?.(String(name)),
      `Fn::ImportValue ${String(name)}`,
      `pass --import ${String(name)}=VALUE`,
    )
  },
  'Fn::If': (argument, deployment) => {
    const [name, yes, no] = argument as [string, unknown, unknown]
    const holds = deployment.condition?.(name)
    if (holds === undefined) return new Unresolved(`condition ${name} is not known`)
    return resolve(holds ? yes : no, deployment)
  },
  Condition: (name, deployment) => known(deployment.condition?.(String(name)), `condition ${String(name)}`),
  'Fn::Equals': plain(([one, other]: [unknown, unknown]) => String(one) === String(other)),
  'Fn::Not': plain(([condition]: [boolean]) => !condition),
  'Fn::And': plain((conditions: boolean[]) => conditions.every(Boolean)),
  'Fn::Or': plain((conditions: boolean[]) => conditions.some(Boolean)),
}

function substitute(argument: unknown, deployment: Deployment): unknown {
  const [text, variables] = Array.isArray(argument) ? (argument as [string, object]) : [String(argument), {}]
  const given = resolve(variables, deployment) as Record<string, unknown>
  const values: unknown[] = []
  const result = text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    const [id = '', ...path] = name.trim().split('.')
    const value =
      name in given ? given[name] : path.length === 0 ? deployment.ref(id) : deployment.attribute(id, path.join('.'))
    const resolved = known(value, `Fn::Sub ${name}`)
    values.push(resolved)
    return String(resolved)
  })
  return unresolvedIn(values) ?? result
}

function known(value: unknown, reference: string, advice?: string): unknown {
  if (value !== undefined) return value
  const name = reference.replace(/^\S+ /, '')
  return new Unresolved(`${reference} is not known outside a deployment; ${advice ?? `pass --value ${name}=VALUE`}`)
}

/** All that is missing, so that one start tells it all. */
function unresolvedIn(value: unknown): Unresolved | undefined {
  const reasons = new Set<string>()
  const look = (item: unknown) => {
    if (item instanceof Unresolved) for (const reason of item.reasons) reasons.add(reason)
    else if (Array.isArray(item)) item.forEach(look)
  }
  look(value)
  return reasons.size === 0 ? undefined : new Unresolved(...reasons)
}
