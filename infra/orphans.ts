/** What is known of one Lambda@Edge function and who still uses it. */
export interface FunctionUse {
  /** Published versions, oldest first. */
  versions: readonly { version: string; arn: string }[]
  /** ARNs of the versions that some distribution runs. */
  associated: ReadonlySet<string>
  /** A stack still has the function. */
  owned: boolean
}

/**
 * Which versions nothing needs any more: `all` where the whole function may go. While a stack has the function its newest
 * version stays, associated or not: a deployment may be about to use it.
 */
export function orphanedVersions({ versions, associated, owned }: FunctionUse): 'all' | string[] {
  const used = versions.filter(({ arn }) => associated.has(arn))
  if (used.length === 0 && !owned) return 'all'
  const kept = new Set(used)
  const newest = versions.at(-1)
  if (owned && newest) kept.add(newest)
  return versions.filter((version) => !kept.has(version)).map(({ version }) => version)
}
