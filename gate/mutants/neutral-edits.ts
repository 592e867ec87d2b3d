/** Edits that leave what a program does, and how much of it, as it was: refactorings that a gate must not fail. */
import { enclosingFunction, isNode, type Node, type Visited, visit } from './syntax.ts'

export interface NeutralEdit {
  file: string
  form: string
  /** The function that was edited. */
  name: string
  /** The file's text afterwards. */
  text: string
}

type Finder = (source: string, visited: Visited) => string | null

const forms: Record<string, Finder> = {
  'operands of a comparison exchanged': (source, { node }) => {
    const { left, right } = node
    if (node.type !== 'BinaryExpression' || !/^[!=]==$/.test(String(node.operator))) return null
    if (!isPlain(left) || !isPlain(right)) return null
    return replace(source, node, `${text(source, right)} ${String(node.operator)} ${text(source, left)}`)
  },
  'branches exchanged': (source, { node, ancestors }) => {
    const { test, consequent, alternate } = node
    if (node.type !== 'IfStatement' || ancestors.at(-1)?.type === 'IfStatement') return null
    if (!isNode(test) || !isNode(consequent) || !isNode(alternate) || alternate.type === 'IfStatement') return null
    return replace(
      source,
      node,
      `if (!(${text(source, test)})) { ${text(source, alternate)} } else { ${text(source, consequent)} }`,
    )
  },
  'function moved to the end of its file': (source, { node, ancestors }) => {
    const parent = ancestors.at(-1)
    if (node.type !== 'FunctionDeclaration') return null
    const whole = parent?.type === 'ExportNamedDeclaration' ? parent : node
    if (parent?.type !== 'Program' && ancestors.at(-2)?.type !== 'Program') return null
    return `${source.slice(0, whole.start)}${source.slice(whole.end)}\n${text(source, whole)}\n`
  },
  'parameter added that nobody passes': (source, { node }) => {
    const { params, id } = node
    if (node.type !== 'FunctionDeclaration' || !isNode(id) || !Array.isArray(params)) return null
    const last: unknown = params.at(-1)
    if (!isNode(last) || last.type !== 'Identifier') return null
    return `${source.slice(0, last.end)}, _unused?: unknown${source.slice(last.end)}`
  },
  'result named before it is returned': (source, { node, ancestors }) => {
    const { argument } = node
    const parent = ancestors.at(-1)
    if (node.type !== 'ReturnStatement' || !isNode(argument) || parent?.type !== 'BlockStatement') return null
    return replace(source, node, `{ const result = ${text(source, argument)}; return result }`)
  },
  'condition of a conditional negated': (source, { node }) => {
    const { test, consequent, alternate } = node
    if (node.type !== 'ConditionalExpression' || !isNode(test) || !isNode(consequent) || !isNode(alternate)) return null
    return replace(
      source,
      node,
      `(!(${text(source, test)}) ? (${text(source, alternate)}) : (${text(source, consequent)}))`,
    )
  },
  'const made let': (source, { node }) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') return null
    return replace(source, node, text(source, node).replace(/^const/, 'let'))
  },
  'function kept that nobody calls': (source, { node }) => {
    if (node.type !== 'FunctionDeclaration' || !isNode(node.id)) return null
    return `${source}\n;(globalThis as Record<string, unknown>).edgeproofKept = (a: number, b: number) => (a > b ? a * b : a + b)\n`
  },
  'comment added': (source, { node }) => {
    if (node.type !== 'FunctionDeclaration') return null
    return `${source.slice(0, node.start)}/* what this is for */ ${source.slice(node.start)}`
  },
}

/** Every edit of every form that fits somewhere in a file, each alone. */
export function neutralEdits(file: string, source: string): NeutralEdit[] {
  return visit(file, source).flatMap((visited) =>
    Object.entries(forms).flatMap(([form, edit]) => {
      const changed = edit(source, visited)
      return changed === null ? [] : [{ file, form, name: enclosingFunction(source, visited), text: changed }]
    }),
  )
}

/** Reads a variable, a constant or a plain property, so that the order of evaluation cannot matter. */
function isPlain(value: unknown): value is Node {
  if (!isNode(value)) return false
  if (value.type === 'MemberExpression')
    return value.computed === false && isNode(value.object) && value.object.type === 'Identifier'
  return value.type === 'Identifier' || value.type === 'Literal'
}

function text(source: string, { start, end }: Node): string {
  return source.slice(start, end)
}

function replace(source: string, { start, end }: Node, replacement: string): string {
  return source.slice(0, start) + replacement + source.slice(end)
}
