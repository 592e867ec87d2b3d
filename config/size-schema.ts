/** The budget that `edgeproof size` holds the authorizer to. */
import * as z from 'zod'

export interface SizeConfig {
  /** Bytes of the minified program that the policy needs, without the policy baked into it. Default 12,288. */
  raw?: number
  /** The same, compressed by gzip at level 9. Default 6,144. */
  gzip?: number
  /** The same, compressed by brotli at its highest quality. Default: reported, not limited. */
  brotli?: number
}

const bytes = z.int().positive('should be a number of bytes, 1 or more').exactOptional()

export const sizeSchema: z.ZodType<SizeConfig> = z.strictObject({ raw: bytes, gzip: bytes, brotli: bytes })
