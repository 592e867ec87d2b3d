/** What a denied viewer gets. */
import * as z from 'zod'
import type { UnauthenticatedDenial } from '../authorizer/policy.ts'
import { crossFieldRule } from './cross-field-rule.ts'
import { pageFault } from './denial-page.ts'
import { redirectFault, returnToFault } from './redirect.ts'
import { text } from './text-schema.ts'

const unauthenticated = z
  .strictObject({
    redirect: text(redirectFault).exactOptional(),
    redirectOn: z.enum(['navigation', 'always']).exactOptional(),
    returnTo: z.string().exactOptional(),
    returnQuery: z.boolean().exactOptional(),
    status: z.literal([401, 403, 404]).exactOptional(),
    page: text(pageFault).exactOptional(),
  })
  .check(
    crossFieldRule<UnauthenticatedDenial>((denial, { isRight, refuse }) => {
      const { redirect, returnTo } = denial
      for (const field of ['redirectOn', 'returnTo', 'returnQuery'] as const) {
        if (redirect === undefined && denial[field] !== undefined) refuse([field], 'belongs to a redirect')
      }
      if (denial.returnQuery !== undefined && returnTo === undefined) refuse(['returnQuery'], 'belongs to returnTo')
      const fault =
        redirect !== undefined && returnTo !== undefined && isRight('redirect') && isRight('returnTo')
          ? returnToFault(returnTo, redirect)
          : undefined
      if (fault) refuse(['returnTo'], fault)
    }),
  )

export const denySchema = z.strictObject({
  unauthenticated: unauthenticated.exactOptional(),
  forbidden: z
    .strictObject({ status: z.literal([403, 404]).exactOptional(), page: text(pageFault).exactOptional() })
    .exactOptional(),
})
