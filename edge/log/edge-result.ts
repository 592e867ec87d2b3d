/** CloudFront's x-edge-result-type (standard log fields). */
export type EdgeResult =
  | 'Hit'
  | 'RefreshHit'
  | 'Miss'
  | 'LimitExceeded'
  | 'CapacityExceeded'
  | 'Error'
  | 'Redirect'
  | 'LambdaExecutionError'
  | 'LambdaValidationError'
  | 'LambdaLimitExceeded'
  | 'LambdaGeneratedResponse'
