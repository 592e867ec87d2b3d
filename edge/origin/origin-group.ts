/** Failover from one origin to another (CloudFront Developer Guide, high_availability_origin_failover, source of 2023-06-15). */
import { type Upstream, UpstreamFailure } from '../cache/upstream.ts'

/** "CloudFront fails over to the secondary origin only when the HTTP method of the viewer request is GET, HEAD, or OPTIONS." */
const failoverMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The second origin is asked where the first answers with one of the statuses, cannot be reached or takes too long: a
 * connection that fails counts as 502 and a timeout as 504, whether or not they are listed.
 */
export function withFailover(
  [primary, secondary]: readonly [Upstream, Upstream],
  statuses: ReadonlySet<number>,
): Upstream {
  return async (request, ask) => {
    if (!failoverMethods.has(request.method)) return primary(request, ask)
    try {
      const response = await primary(request, ask)
      if (!statuses.has(response.status)) return response
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error
    }
    return secondary(request, ask)
  }
}
