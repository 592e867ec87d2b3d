/** What `edgeproof fuzz` is told besides the policy: from which severity on a finding fails, and which findings are known. */
import * as z from 'zod'

export const failOnLevels = ['critical', 'high', 'medium', 'low', 'none'] as const

/** A finding that somebody has looked at and lives with, for a while. */
export interface Suppression {
  /** The finding's id, as a run prints it: `bypass/paths/no-route/signed-in-user`. */
  id: string
  /** Why it is no matter. */
  reason: string
  /** The last day on which it counts, `2027-03-31`; from then on the finding is one again. */
  expires: string
}

export interface FuzzConfig {
  /** Findings of this severity (CVSS 4.0) or a worse one fail a run; `none` is every one. Default `medium`. */
  failOn?: (typeof failOnLevels)[number]
  /** Every finding fails, hardening too. Default: for our authorizer. */
  strict?: boolean
  suppressions?: readonly Suppression[]
}

export const suppressionsSchema: z.ZodType<readonly Suppression[]> = z.array(
  z.strictObject({
    id: z
      .string()
      .regex(
        /^[a-z-]+\/[a-z]+\/[a-z0-9-]+\/[a-z-]+(?:\/[0-9a-f]{8})?$/,
        'should be the id of a finding, as a run prints it',
      ),
    reason: z.string().regex(/\S/, 'should say why'),
    expires: z.iso.date('should be a day, such as 2027-03-31'),
  }),
)

export const fuzzSchema: z.ZodType<FuzzConfig> = z.strictObject({
  failOn: z.enum(failOnLevels).exactOptional(),
  strict: z.boolean().exactOptional(),
  suppressions: suppressionsSchema.exactOptional(),
})
