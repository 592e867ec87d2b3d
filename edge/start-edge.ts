import type { Edge, EdgeOptions } from './edge.ts'

/** Starts everything and resolves when it serves. Throws a UsageError for a template it cannot serve and for a port in use. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { assembleEdge } = await import('./assemble-edge.ts')
  return assembleEdge(options)
}
