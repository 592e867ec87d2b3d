/** What AWS allows: read from the distribution's own configuration before anything is sent to it. */
import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
  paginateListDistributions,
} from '@aws-sdk/client-cloudfront'

const page = 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/load-testing.html'

/** Requests per second that need no permission. */
export const probeRate = 1

export interface Distribution {
  /** Known from the stack's outputs; null: looked up by its domain name. */
  id: string | null
  host: string
}

/** Why a load test on this distribution needs more than a wish; one sentence for each reason, never empty. */
export async function loadTestingReasons(distribution: Distribution): Promise<string[]> {
  let config: DistributionConfig | null
  try {
    config = await configOf(distribution)
  } catch (error) {
    return [`its configuration could not be read (${(error as Error).message}), so it is not known what it forbids`]
  }
  if (!config)
    return [`no distribution of this account serves ${distribution.host}, so it is not known what it forbids`]
  const reasons = [...viewerTriggers(config), ...originShields(config)]
  return reasons.length > 0 ? reasons : ['CloudFront wants load tests arranged as its page says']
}

/**
 * The rule and its source, for people. The page rules out load tests on cache behaviours with Lambda@Edge viewer-request
 * or viewer-response triggers and on origins with Origin Shield (read in 2026 from stored copies; check its wording).
 */
export function explainLoadTesting(host: string, reasons: readonly string[], statement: string | undefined): string {
  const because = `${host}: ${reasons.join('; ')}. See ${page}`
  return statement === undefined
    ? `${because}. Without --i-may-load-test "<why>" at most ${probeRate} request per second is sent`
    : `${because}. Sent all the same, by your own statement: ${statement}`
}

/** This machine needs nobody's permission. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function viewerTriggers({ DefaultCacheBehavior, CacheBehaviors }: DistributionConfig): string[] {
  const behaviors = [{ ...DefaultCacheBehavior, PathPattern: 'default' }, ...(CacheBehaviors?.Items ?? [])]
  return behaviors.flatMap(({ PathPattern, LambdaFunctionAssociations }) =>
    (LambdaFunctionAssociations?.Items ?? [])
      .filter(({ EventType }) => EventType?.startsWith('viewer-'))
      .map(({ EventType }) => `the ${PathPattern} behavior has a Lambda@Edge ${EventType} trigger`),
  )
}

function originShields({ Origins }: DistributionConfig): string[] {
  return (Origins?.Items ?? [])
    .filter(({ OriginShield }) => OriginShield?.Enabled)
    .map(({ Id }) => `the origin ${Id} has Origin Shield`)
}

async function configOf({ id, host }: Distribution): Promise<DistributionConfig | null> {
  // CloudFront's API has one endpoint, in us-east-1.
  const client = new CloudFrontClient({ region: 'us-east-1' })
  const known = id ?? (await idOf(client, host))
  if (known === null) return null
  return (await client.send(new GetDistributionConfigCommand({ Id: known }))).DistributionConfig ?? null
}

async function idOf(client: CloudFrontClient, host: string): Promise<string | null> {
  for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
    for (const { Id, DomainName, Aliases } of DistributionList?.Items ?? []) {
      if (Id && (DomainName === host || Aliases?.Items?.includes(host))) return Id
    }
  }
  return null
}
