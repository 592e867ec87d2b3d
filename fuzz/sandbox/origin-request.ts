/**
 * A viewer's request as a handler sees it at origin request, where the cache and origin request policies forward all that a
 * viewer sends (CloudFront Developer Guide, "Lambda@Edge event structure": example origin request).
 */

const origin = {
  s3: {
    authMethod: 'none',
    customHeaders: {},
    domainName: 'bucket.s3.us-east-1.amazonaws.com',
    path: '',
    region: 'us-east-1',
  },
}

type Members = Record<string, unknown>

/** What has no request, an event whose form is the attack, stays as it is. */
export function originRequestEvent(event: unknown): unknown {
  const record = membersOf([membersOf(event)?.Records].flat()[0])
  const cf = membersOf(record?.cf)
  const request = membersOf(cf?.request)
  if (!request) return event
  const config = { ...membersOf(cf?.config), eventType: 'origin-request' }
  return { Records: [{ ...record, cf: { ...cf, config, request: { ...request, origin } } }] }
}

/** A returned request, as one at viewer request. */
export function withoutOrigin(value: unknown): unknown {
  if (!membersOf(value)?.origin) return value
  const { origin: _origin, ...request } = value as Members
  return request
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? (value as Members) : undefined
}
