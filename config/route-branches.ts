import type { PatternSegment } from './route-pattern.ts'

interface Node {
  literals: Map<string, Node>
  capture: Node | undefined
}

/**
 * How many beginnings of routes one path can match at most: at each segment that some routes have as a literal and others as a
 * capture, the matcher goes both ways before it knows that no route matches.
 */
export function mostBranches(patterns: readonly (readonly PatternSegment[])[]): number {
  const root = createNode()
  for (const pattern of patterns) {
    let node = root
    for (const segment of pattern) {
      if (segment.kind === 'rest') break
      if (segment.kind === 'capture') node = node.capture ??= createNode()
      else {
        const next: Node = node.literals.get(segment.text) ?? createNode()
        node.literals.set(segment.text, next)
        node = next
      }
    }
  }
  return branches(root)
}

function createNode(): Node {
  return { literals: new Map(), capture: undefined }
}

function branches({ literals, capture }: Node): number {
  let most = 0
  for (const next of literals.values()) most = Math.max(most, branches(next))
  return 1 + most + (capture ? branches(capture) : 0)
}
