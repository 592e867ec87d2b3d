import * as z from 'zod'

/** Requests of one IP address in five minutes, beyond which it is answered 403 (WAF Developer Guide, "Rate-based rule"). */
export interface RateLimit {
  rateLimit: number
}

/** WAFv2 API Reference, RateBasedStatement, Limit. */
export const rateLimitSchema: z.ZodType<RateLimit> = z.strictObject({
  rateLimit: z
    .int()
    .min(10, 'should be 10 to 2,000,000,000 requests in five minutes')
    .max(2_000_000_000, 'should be 10 to 2,000,000,000 requests in five minutes'),
})
