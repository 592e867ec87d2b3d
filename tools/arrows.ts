/** Reads what the sources of a tree name of each other, and holds it against the rule of arrows in `rooms.ts`. */
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { bareRooms, rooms, rootFiles, strangers, testRooms, typesOnly } from './rooms.ts'

interface Arrow {
  from: string
  /** A file of the tree, or a package where `isPackage`. */
  to: string
  line: number
  isType: boolean
  isPackage: boolean
}

/**
 * What is wrong with the arrows between `files` (paths from `root`, as git lists them): one line for each arrow that the
 * rule forbids and for each circle, empty where all is well.
 */
export function forbiddenArrows(root: string, files: readonly string[]): string[] {
  const sources = files.filter((file) => /\.(ts|cjs|mjs)$/.test(file))
  const known = new Set(files)
  const arrows = sources.flatMap((file) => arrowsOf(root, file, known))
  const wrong = arrows.flatMap((arrow) => {
    const why = reasonAgainst(arrow)
    return why ? [`${arrow.from}:${arrow.line}: ${why}`] : []
  })
  return [...wrong, ...circles(arrows.filter(({ isPackage }) => !isPackage))]
}

/** Imports of every kind, `new URL(…, import.meta.url)`, and any string that is the path of a source in the tree. */
function arrowsOf(root: string, from: string, known: ReadonlySet<string>): Arrow[] {
  const text = readFileSync(join(root, from), 'utf8')
  const arrows: Arrow[] = []
  const add = (specifier: string, offset: number, isType: boolean, isImport: boolean) => {
    const isRelative = specifier.startsWith('.')
    const path = normalize(isRelative ? join(dirname(from), specifier) : specifier)
    const to = [path, `${path}.ts`, `${path}.cjs`].find(
      (candidate) => /\.(ts|cjs|mjs)$/.test(candidate) && known.has(candidate),
    )
    const fromRoot = to ?? (isRelative && !isImport ? sourceAt(normalize(specifier), known) : undefined)
    const line = text.slice(0, offset).split('\n').length
    if (fromRoot) arrows.push({ from, to: fromRoot, line, isType, isPackage: false })
    else if (isImport && !isRelative) arrows.push({ from, to: specifier, line, isType, isPackage: true })
  }
  const { program } = parseSync(from, text)
  const visitor = new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.start, node.importKind === 'type', true),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source.value, node.start, node.exportKind === 'type', true)
    },
    ExportAllDeclaration: (node) => add(node.source.value, node.start, node.exportKind === 'type', true),
    TSImportType: (node) => add(node.source.value, node.start, true, true),
    ImportExpression: (node) => {
      if (node.source.type === 'Literal') add(String(node.source.value), node.start, false, true)
    },
    Literal: (node) => {
      if (typeof node.value === 'string' && node.value.includes('/')) add(node.value, node.start, false, false)
    },
  })
  visitor.visit(program)
  return distinct(arrows)
}

function sourceAt(path: string, known: ReadonlySet<string>): string | undefined {
  return [path, `${path}.ts`, `${path}.cjs`].find(
    (candidate) => /\.(ts|cjs|mjs)$/.test(candidate) && known.has(candidate),
  )
}

/** A literal inside an import is seen twice; the import, which knows whether it takes types only, comes first. */
function distinct(arrows: readonly Arrow[]): Arrow[] {
  const seen = new Map<string, Arrow>()
  for (const arrow of arrows) {
    const key = `${arrow.line} ${arrow.to}`
    if (!seen.has(key)) seen.set(key, arrow)
  }
  return [...seen.values()]
}

const isTest = (file: string) => /\.test\.ts$/.test(file)

function roomOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : (rootFiles[file] ?? file)
}

function reasonAgainst({ from, to, isType, isPackage }: Arrow): string | undefined {
  const room = roomOf(from)
  if (isPackage) {
    if (!bareRooms.includes(room) || isTest(from) || to.startsWith('node:')) return undefined
    return `${room}/ imports "${to}"; it may import node: modules only`
  }
  const other = roomOf(to)
  if (room === other || !rooms.includes(room)) return undefined
  if (isTest(from) && testRooms.includes(other)) return undefined
  if (strangers.includes(room) && strangers.includes(other))
    return `names ${to}; ${room}/ and ${other}/ never know each other`
  if (!rooms.includes(other)) return `names ${to}; ${other} is in no room of tools/rooms.ts`
  if (rooms.indexOf(other) > rooms.indexOf(room))
    return `names ${to}; ${room}/ stands below ${other}/ and must not import it`
  const isBare = typesOnly.some(([a, b]) => a === room && b === other)
  return isBare && !isType && !isTest(from)
    ? `imports code of ${to}; ${room}/ takes only types from ${other}/`
    : undefined
}

/** One line for each circle: the files that import each other in a loop (Tarjan's strongly connected components). */
function circles(arrows: readonly Arrow[]): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of arrows) if (from !== to) next.set(from, [...(next.get(from) ?? []), to])
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[] = []
  const visit = (file: string) => {
    order.set(file, order.size)
    low.set(file, order.size - 1)
    stack.push(file)
    for (const other of next.get(file) ?? []) {
      if (!order.has(other)) visit(other)
      if (stack.includes(other)) low.set(file, Math.min(low.get(file) as number, low.get(other) as number))
    }
    if (low.get(file) !== order.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1) found.push(`circle of ${circle.length} files: ${circle.sort().join(', ')}`)
  }
  for (const file of next.keys()) if (!order.has(file)) visit(file)
  return found
}
