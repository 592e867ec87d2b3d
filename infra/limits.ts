/** AWS's figures that the infrastructure keeps to, with the pages they are from (read in November 2026, some as stored copies). */

export const edgeFunction = {
  /**
   * CloudFront Developer Guide, "Quotas", Lambda@Edge: older copies allow a viewer-request function 128 MB and 5 seconds,
   * newer ones what Lambda allows and 30 seconds. The smaller figures hold under both.
   */
  memoryMegabytes: 128,
  timeoutSeconds: 5,
  /**
   * "CloudFormation quotas": a template in S3, where the CLI puts it, may have 1 MB (inline code alone, 4 MB). Counted as
   * the code stands in the template, where quotes and backslashes are escaped once more; the rest is below 60 kB.
   */
  inlineBytes: 900_000,
} as const

/** Lambda API Reference, CreateFunction, FunctionName: 64 characters; replicas carry `us-east-1.` before it. */
export const functionNameLength = 64 - 'us-east-1.'.length
