import type { PatternSegment } from './route-pattern.ts'

interface Node {
  literals: Map<string, Node>
  /** By the text before a `*` or a capture, and then by the text behind it; both may be empty. */
  parts: Map<string, Map<string, Node>>
}

/**
 * How many beginnings of routes one path can match at most: where one segment fits several places (a literal, text around a `*` or
 * a capture, any segment), the matcher may go each way before it knows that no route matches.
 */
export function mostBranches(patterns: readonly (readonly PatternSegment[])[]): number {
  const root = createNode()
  for (const pattern of patterns) {
    let node = root
    for (const segment of pattern) {
      if (segment.kind === 'rest') break
      node =
        segment.kind === 'literal'
          ? place(node.literals, segment.text, createNode)
          : place(place(node.parts, segment.prefix, newMap), segment.suffix, createNode)
    }
  }
  return branches(root)
}

function createNode(): Node {
  return { literals: new Map(), parts: new Map() }
}

function newMap(): Map<string, Node> {
  return new Map()
}

function place<T>(map: Map<string, T>, key: string, create: () => T): T {
  const value = map.get(key) ?? create()
  map.set(key, value)
  return value
}

function branches({ literals, parts }: Node): number {
  const counts = new Map<string, Map<string, number>>()
  for (const [prefix, suffixes] of parts) {
    counts.set(prefix, new Map([...suffixes].map(([suffix, node]) => [suffix, branches(node)])))
  }
  let most = 0
  for (const [text, node] of literals) {
    const around = nestedIn(text, counts).map(([before, suffixes]) => fitting(text, suffixes, text.length - before - 1))
    most = Math.max(most, branches(node) + sum(around))
  }
  // A segment that begins with the longest text and ends with the longest fits all that are nested in them.
  for (const beginning of counts.keys()) {
    const nested = nestedIn(beginning, counts)
    const ends = new Set(nested.flatMap(([, suffixes]) => [...suffixes.keys()]))
    for (const end of ends) most = Math.max(most, sum(nested.map(([, suffixes]) => fitting(end, suffixes, end.length))))
  }
  return 1 + most
}

/** What is there by the text's beginnings, each with its length. */
function nestedIn<T>(text: string, values: ReadonlyMap<string, T>): [length: number, value: T][] {
  return Array.from({ length: text.length + 1 }, (_, length) => length).flatMap((length) => {
    const value = values.get(text.slice(0, length))
    return value === undefined ? [] : [[length, value]]
  })
}

/** The sum over the text's ends of so many characters at most. */
function fitting(text: string, counts: ReadonlyMap<string, number>, longest: number): number {
  let total = 0
  for (let length = 0; length <= longest; length++) total += counts.get(text.slice(text.length - length)) ?? 0
  return total
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
