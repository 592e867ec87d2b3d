/** Joins what k6 saw with what the edge logged, request by request by id, keeping only what is still unmatched. */

export interface JoinCounts {
  joined: number
  /** Joined, and the two sides do not agree on X-Cache or the status. */
  disagreements: number
  /** The first of those, in words. */
  example: string | null
  /** Only k6 has them. */
  onlyK6: number
  /** Only the edge has them: the viewer left before the answer's end, or k6 was stopped. */
  onlyEdge: number
  /** Hits on either side, of those joined. */
  k6Hits: number
  edgeHits: number
  /** k6 samples without an id: no answer came. */
  withoutId: number
}

export interface Seen {
  id: string
  /** First word of X-Cache. */
  cache: string
  status: number
}

export class IdJoin<K6 extends Seen, Edge extends Seen> {
  readonly #k6 = new Map<string, K6>()
  readonly #edge = new Map<string, Edge>()
  readonly #onPair: (k6: K6, edge: Edge) => void
  readonly #counts = { joined: 0, disagreements: 0, k6Hits: 0, edgeHits: 0, withoutId: 0 }
  #example: string | null = null

  constructor(onPair: (k6: K6, edge: Edge) => void) {
    this.#onPair = onPair
  }

  addK6(seen: K6): void {
    if (seen.id === '') {
      this.#counts.withoutId += 1
      return
    }
    const edge = this.#edge.get(seen.id)
    if (edge) {
      this.#edge.delete(seen.id)
      this.#pair(seen, edge)
    } else this.#k6.set(seen.id, seen)
  }

  addEdge(seen: Edge): void {
    const k6 = this.#k6.get(seen.id)
    if (k6) {
      this.#k6.delete(seen.id)
      this.#pair(k6, seen)
    } else this.#edge.set(seen.id, seen)
  }

  /** Whether k6 has a request of that id which is not matched yet. */
  expects(id: string): boolean {
    return this.#k6.has(id)
  }

  counts(): JoinCounts {
    return { ...this.#counts, example: this.#example, onlyK6: this.#k6.size, onlyEdge: this.#edge.size }
  }

  #pair(k6: K6, edge: Edge): void {
    this.#counts.joined += 1
    if (isHit(k6)) this.#counts.k6Hits += 1
    if (isHit(edge)) this.#counts.edgeHits += 1
    if (k6.cache !== edge.cache || k6.status !== edge.status) {
      this.#counts.disagreements += 1
      this.#example ??= `${k6.id}: k6 saw ${k6.status} ${k6.cache}, the edge logged ${edge.status} ${edge.cache}`
    }
    this.#onPair(k6, edge)
  }
}

function isHit({ cache }: Seen): boolean {
  return cache === 'Hit' || cache === 'RefreshHit'
}
