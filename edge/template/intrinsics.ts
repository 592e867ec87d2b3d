/** CloudFormation's intrinsic functions, evaluated without a deployment. */

export interface TemplateResource {
  Type: string
  Properties?: Record<string, unknown>
}

/** What a deployment would know: the value of `Ref` and of `Fn::GetAtt`, by logical id. */
export interface Deployment {
  ref(logicalId: string): string | undefined
  attribute(logicalId: string, name: string): string | undefined
}

/**
 * Resolves Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select and Fn::Split in any value (CloudFormation User Guide,
 * "Intrinsic function reference"). Throws an Error that names a reference the deployment does not know.
 */
export function resolveIntrinsics(value: unknown, deployment: Deployment): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveIntrinsics(item, deployment))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first) {
    const evaluate = intrinsics[first[0]]
    if (evaluate) return evaluate(first[1], deployment)
  }
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const resolved = resolveIntrinsics(item, deployment)
      return resolved === noValue ? [] : [[key, resolved]]
    }),
  )
}

const noValue = Symbol('AWS::NoValue')

const intrinsics: Record<string, (argument: unknown, deployment: Deployment) => unknown> = {
  Ref: (name, deployment) =>
    name === 'AWS::NoValue' ? noValue : known(deployment.ref(String(name)), `Ref ${String(name)}`),
  'Fn::GetAtt': (argument, deployment) => {
    const [id = '', ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
    const name = path.join('.')
    return known(deployment.attribute(id, name), `Fn::GetAtt ${id}.${name}`)
  },
  'Fn::Join': (argument, deployment) => {
    const [separator, parts] = argument as [string, unknown]
    return (resolveIntrinsics(parts, deployment) as unknown[]).join(separator)
  },
  'Fn::Sub': (argument, deployment) => {
    const [text, variables] = Array.isArray(argument) ? (argument as [string, object]) : [String(argument), {}]
    const given = resolveIntrinsics(variables, deployment) as Record<string, unknown>
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`
      if (name in given) return String(given[name])
      const [id = '', ...path] = name.split('.')
      const value = path.length === 0 ? deployment.ref(id) : deployment.attribute(id, path.join('.'))
      return known(value, `Fn::Sub ${name}`)
    })
  },
  'Fn::Select': (argument, deployment) => {
    const [index, list] = resolveIntrinsics(argument, deployment) as [number | string, unknown[]]
    return list[Number(index)]
  },
  'Fn::Split': (argument, deployment) => {
    const [separator, text] = resolveIntrinsics(argument, deployment) as [string, string]
    return text.split(separator)
  },
}

function known(value: string | undefined, reference: string): string {
  if (value === undefined) throw new Error(`${reference} is not known outside a deployment`)
  return value
}
