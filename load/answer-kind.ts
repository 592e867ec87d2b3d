/** How an answer came about, by X-Cache. */
export type AnswerKind = 'hit' | 'miss' | 'denial' | 'error'

/**
 * AWS, "Understanding response results" (X-Cache). A generated response is the function's own answer; whatever is
 * neither a hit, a miss nor that, is an error.
 */
export function answerKind(cache: string): AnswerKind {
  if (cache === 'Hit' || cache === 'RefreshHit') return 'hit'
  if (cache === 'Miss') return 'miss'
  return cache === 'LambdaGeneratedResponse' || cache === 'FunctionGeneratedResponse' ? 'denial' : 'error'
}
