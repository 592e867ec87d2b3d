/**
 * Removes what the stack leaves behind on purpose: versions of its function that no distribution runs any more, and the
 * function itself once its stack is gone. CloudFront needs hours to give up replicas, so this may have to run again later:
 *
 *     node infra/remove-orphans.ts FUNCTION      (the stack's output FunctionName)
 *
 * Exit codes: 0 nothing is left over, 2 usage or environment, 3 replicas still exist.
 */
import { reportFailure } from '../command/run-stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { type AwsCli, AwsError, awsCli } from './aws-cli.ts'
import { type FunctionUse, orphanedVersions } from './orphans.ts'

try {
  const [name, ...rest] = process.argv.slice(2)
  if (name === undefined || name.startsWith('-') || rest.length > 0) {
    throw new UsageError('remove-orphans: takes one function name: node infra/remove-orphans.ts FUNCTION')
  }
  process.exitCode = (await removeOrphans(awsCli('us-east-1'), name)) ? 0 : 3
} catch (error) {
  reportFailure(error)
}

/** Resolves to false where a replica still holds something back. */
async function removeOrphans(aws: AwsCli, name: string): Promise<boolean> {
  const use = await functionUse(aws, name)
  if (!use) {
    console.log(`${name}: no such function`)
    return true
  }
  const orphans = orphanedVersions(use)
  if (orphans === 'all') return remove(aws, name)
  if (orphans.length === 0) console.log(`${name}: every version is in use`)
  let complete = true
  for (const version of orphans) complete = (await remove(aws, name, version)) && complete
  return complete
}

async function functionUse(aws: AwsCli, name: string): Promise<FunctionUse | undefined> {
  const versions = await existing('ResourceNotFoundException', () =>
    aws('lambda', 'list-versions-by-function', '--function-name', name),
  )
  if (!versions) return undefined
  const [distributions, owner] = await Promise.all([
    aws('cloudfront', 'list-distributions'),
    // CloudFormation says ValidationError where no stack has such a resource.
    existing('ValidationError', () =>
      aws('cloudformation', 'describe-stack-resources', '--physical-resource-id', name),
    ),
  ])
  return {
    versions: (versions as VersionList).Versions.filter(({ Version }) => Version !== '$LATEST')
      .map(({ Version, FunctionArn }) => ({ version: Version, arn: FunctionArn }))
      .sort((a, b) => Number(a.version) - Number(b.version)),
    associated: associatedArns(distributions as DistributionList),
    owned: owner !== undefined,
  }
}

interface VersionList {
  Versions: { Version: string; FunctionArn: string }[]
}

interface Behavior {
  LambdaFunctionAssociations?: { Items?: { LambdaFunctionARN: string }[] }
}

interface DistributionList {
  DistributionList?: { Items?: { DefaultCacheBehavior?: Behavior; CacheBehaviors?: { Items?: Behavior[] } }[] }
}

function associatedArns(list: DistributionList | undefined): Set<string> {
  const distributions = list?.DistributionList?.Items ?? []
  const behaviors = distributions.flatMap(({ DefaultCacheBehavior, CacheBehaviors }) => [
    ...(DefaultCacheBehavior ? [DefaultCacheBehavior] : []),
    ...(CacheBehaviors?.Items ?? []),
  ])
  return new Set(
    behaviors.flatMap((behavior) =>
      (behavior.LambdaFunctionAssociations?.Items ?? []).map(({ LambdaFunctionARN }) => LambdaFunctionARN),
    ),
  )
}

/** Lambda refuses with InvalidParameterValueException while CloudFront keeps replicas. */
async function remove(aws: AwsCli, name: string, version?: string): Promise<boolean> {
  const what = version === undefined ? name : `${name}:${version}`
  try {
    await aws('lambda', 'delete-function', '--function-name', name, ...(version ? ['--qualifier', version] : []))
    console.log(`${what}: removed`)
    return true
  } catch (error) {
    if (!(error instanceof AwsError) || !/replicated function/i.test(error.message)) throw error
    console.log(`${what}: CloudFront still has replicas; try again in some hours`)
    return false
  }
}

async function existing(missing: string, call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof AwsError && error.code === missing) return undefined
    throw error
  }
}
