/** References to claims, and rules on them. */
import * as z from 'zod'
import type { ClaimRules } from '../authorizer/policy.ts'
import { claimReferenceFault } from './claim-reference.ts'
import { record } from './record-schema.ts'
import { name, oneOrMore } from './text-schema.ts'

export const claimReference = z.string().superRefine((text, context) => {
  const fault = claimReferenceFault(text)
  if (fault) context.addIssue(fault)
})

const claimValueText = 'should be a text that is not empty, true, false or an integer up to 2^53 - 1'
const claimValue = z.union([name, z.boolean(), z.int(claimValueText)], claimValueText)
const claimValues = oneOrMore(claimValue, `${claimValueText}, or a list of such`)

export const claimRules: z.ZodType<ClaimRules> = record(
  claimReference,
  z.union(
    [claimValues, z.strictObject({ contains: claimValues })],
    `${claimValueText}, a list of such, or { "contains": … } with either`,
  ),
)
  .refine((rules) => Object.keys(rules).length > 0, 'should name at least one claim')
  .meta({ id: 'ClaimRules' })
