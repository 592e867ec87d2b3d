/** AWS's figures that the infrastructure keeps to, with the pages they are from (read in November 2026, some as stored copies). */

export const edgeFunction = {
  /**
   * CloudFront Developer Guide, "Quotas", Lambda@Edge: older copies allow a viewer-request function 128 MB and 5 seconds,
   * newer ones what Lambda allows and 30 seconds. The smaller figures hold under both.
   */
  memoryMegabytes: 128,
  timeoutSeconds: 5,
  /**
   * CloudFormation takes inline code of 4 MB, in a template of 1 MB ("CloudFormation quotas": template body size in S3),
   * where each quote and backslash of the code is escaped once more; three quarters of a MB leave room for that and the rest.
   */
  inlineBytes: 750_000,
} as const

/** "CloudFormation quotas", template body size for a template in S3, where the CLI puts it: 1 MB. */
export const templateBytes = 1_000_000

/** Lambda API Reference, CreateFunction, FunctionName: 64 characters; replicas carry `us-east-1.` before it. */
export const functionNameLength = 64 - 'us-east-1.'.length
