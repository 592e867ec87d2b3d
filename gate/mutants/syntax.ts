/** TypeScript sources as trees: just enough to find functions and the places that an edit may touch. */
import { parseSync } from 'oxc-parser'

/** A node of the ESTree that oxc-parser makes; offsets are in UTF-16 code units. */
export interface Node {
  type: string
  start: number
  end: number
  [member: string]: unknown
}

export interface Visited {
  node: Node
  /** From the program down to the node's parent. */
  ancestors: readonly Node[]
}

/** Every node of a source, parents first. Throws where the source does not parse. */
export function visit(file: string, source: string): Visited[] {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const visited: Visited[] = []
  const walk = (value: unknown, ancestors: readonly Node[]): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, ancestors)
    else if (isNode(value)) {
      visited.push({ node: value, ancestors })
      for (const member of Object.values(value)) walk(member, [...ancestors, value])
    }
  }
  walk(program, [])
  return visited
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Node).type === 'string' &&
    typeof (value as Node).start === 'number'
  )
}

const functionTypes = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/** The name of the innermost function around a node, as a reader would look for it; `(module)` outside of all. */
export function enclosingFunction(source: string, { node, ancestors }: Visited): string {
  const path = [...ancestors, node]
  for (let index = path.length - 1; index >= 0; index--) {
    const candidate = path[index]
    if (candidate && functionTypes.includes(candidate.type)) return functionName(source, candidate, path[index - 1])
  }
  return '(module)'
}

/** A function's own name, that of what it is assigned to, or its line. */
export function functionName(source: string, node: Node, parent: Node | undefined): string {
  const named = [node.id, parent?.id, parent?.key].find((name) => isNode(name) && name.type === 'Identifier')
  return isNode(named) ? String(named.name) : `line ${source.slice(0, node.start).split('\n').length}`
}

export { functionTypes, isNode }
