/** What a load run must meet: judged by `edgeproof load`, searched for by `edgeproof capacity`. */
import * as z from 'zod'

export interface Objectives {
  /** Least share of cacheable requests answered from the cache after warm-up, 0 to 1. Default 0.95. */
  hitRatio?: number
  /** Longest 99th percentile of the response time of allowed requests after warm-up, in milliseconds. Default 100. */
  p99Ms?: number
  /** Largest share of requests without an answer of their own: 5xx and broken connections, 0 to 1. Default 0. */
  errorRatio?: number
  /** Above this share of all CPU time used by other programs, times are `not-measured`. Default 0.2. */
  foreignLoad?: number
  /** Above this share of CPU time stolen by the hypervisor, times are `not-measured`. Default 0.05. */
  cpuSteal?: number
}

const share = z.number().min(0, 'should be a share, 0 to 1').max(1, 'should be a share, 0 to 1')

export const objectivesSchema: z.ZodType<Objectives> = z.strictObject({
  hitRatio: share.exactOptional(),
  p99Ms: z.number().positive('should be a number of milliseconds above 0').exactOptional(),
  errorRatio: share.exactOptional(),
  foreignLoad: share.exactOptional(),
  cpuSteal: share.exactOptional(),
})

/** The objectives with every default filled in. */
export function objectivesOf(objectives: Objectives | undefined): Required<Objectives> {
  return { hitRatio: 0.95, p99Ms: 100, errorRatio: 0, foreignLoad: 0.2, cpuSteal: 0.05, ...objectives }
}
