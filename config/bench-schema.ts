/** The limits that `edgeproof bench` holds the authorizer to. */
import * as z from 'zod'

/** CPU time of one request less the parsing of its event, as a multiple of one bare `crypto.verify` in the same rounds. */
export interface BenchConfig {
  /** Keys cached, token never seen. Default 1.5. */
  warm?: number
  /** Token seen before. Default 0.15. */
  hot?: number
  /** The costliest token of usual size that is malformed and can be refused before its signature is looked at. Default 0.2. */
  malformed?: number
  /** The costliest token that anybody can make, up to the longest, and that is refused before its signature is looked at. Default 1. */
  dear?: number
}

const ratio = z.number().positive('should be a ratio above 0').exactOptional()

export const benchSchema: z.ZodType<BenchConfig> = z.strictObject({
  warm: ratio,
  hot: ratio,
  malformed: ratio,
  dear: ratio,
})
