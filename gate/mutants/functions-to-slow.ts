import { functionName, functionTypes, isNode, visit } from './syntax.ts'

/** A function's beginning, where a statement can be planted. */
export interface Place {
  file: string
  name: string
  /** Offset just inside the body's brace. */
  offset: number
}

/** All functions with a body in braces; generators and async ones too. */
export function findPlaces(file: string, source: string): Place[] {
  return visit(file, source).flatMap(({ node, ancestors }) => {
    const { body } = node
    if (!functionTypes.includes(node.type) || !isNode(body) || body.type !== 'BlockStatement') return []
    return [{ file, name: functionName(source, node, ancestors.at(-1)), offset: body.start + 1 }]
  })
}

/** The source with a statement planted at a place, and a declaration that it needs at the end. */
export function plant(source: string, { offset }: Place, statement: string, declaration = ''): string {
  return `${source.slice(0, offset)}\n${statement}\n${source.slice(offset)}\n${declaration}\n`
}
