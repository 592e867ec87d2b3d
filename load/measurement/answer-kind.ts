import type { Sample } from '../k6/sample.ts'

/** How an answer came about, by X-Cache. `uncached`: a preflight, which the distribution always passes on. */
export type AnswerKind = 'hit' | 'refresh-hit' | 'miss' | 'uncached' | 'denial' | 'error'

/**
 * AWS, "Understanding response results" (X-Cache). A generated response is the function's own answer; whatever is
 * neither a hit, a miss nor that, is an error.
 */
export function answerKind({ cache, class: kind }: Pick<Sample, 'cache' | 'class'>): AnswerKind {
  if (cache === 'Hit') return 'hit'
  // Found and expired: the origin was asked whether it is still the same.
  if (cache === 'RefreshHit') return 'refresh-hit'
  if (cache === 'Miss') return kind === 'preflight' ? 'uncached' : 'miss'
  return cache === 'LambdaGeneratedResponse' || cache === 'FunctionGeneratedResponse' ? 'denial' : 'error'
}

/** Let through, and answered with an object. */
export function isAllowed(kind: AnswerKind): boolean {
  return kind === 'hit' || kind === 'refresh-hit' || kind === 'miss'
}
