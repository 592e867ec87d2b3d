import { strFromU8, unzipSync } from 'fflate'
import type { AwsCalls } from './aws-calls.ts'

/** What the site's stack puts out. */
export interface Outputs {
  DistributionId: string
  DistributionDomain: string
  BucketName: string
  Issuer: string
  ClientId: string
  FunctionName: string
}

export interface DistributionConfig {
  HttpVersion: string
  Origins: { Items: { DomainName: string; OriginAccessControlId: string }[] }
  DefaultCacheBehavior: {
    CachePolicyId: string
    OriginRequestPolicyId: string
    LambdaFunctionAssociations: { Items: { EventType: string; LambdaFunctionARN: string }[] }
  }
}

/** The parts of a deployed site that several tests ask for, from the services themselves. */
export function deployedSite({ call }: AwsCalls, { DistributionId, FunctionName }: Outputs) {
  async function distributionConfig(): Promise<DistributionConfig> {
    type Answer = { DistributionConfig: DistributionConfig }
    return (await call<Answer>('cloudfront', 'get_distribution_config', { Id: DistributionId })).DistributionConfig
  }

  return {
    distributionConfig,

    /** The version of the function that runs before the cache. */
    async runningVersion(): Promise<string> {
      const { LambdaFunctionAssociations } = (await distributionConfig()).DefaultCacheBehavior
      const association = LambdaFunctionAssociations.Items.find(({ EventType }) => EventType === 'viewer-request')
      if (!association) throw new Error('the distribution runs no viewer-request function')
      return association.LambdaFunctionARN.split(':').at(-1) ?? ''
    },

    /** Version → digest of its code. */
    async publishedVersions(): Promise<Record<string, string>> {
      type Answer = { Versions: { Version: string; CodeSha256: string }[] }
      const { Versions } = await call<Answer>('lambda', 'list_versions_by_function', { FunctionName })
      return Object.fromEntries(Versions.map(({ Version, CodeSha256 }) => [Version, CodeSha256]))
    },

    /** Name → text of the files in the version's zip. */
    async code(version: string): Promise<Record<string, string>> {
      type Answer = { Code: { Location: string } }
      const { Code } = await call<Answer>('lambda', 'get_function', { FunctionName, Qualifier: version })
      const zip = await fetch(Code.Location)
      const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
      return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))
    },
  }
}
