import * as z from 'zod'
import type { Result } from '../../result/result.ts'

const dataSchema = z.object({
  sides: z.object({
    base: z.object({ name: z.string(), commit: z.string() }),
    head: z.object({ name: z.string(), commit: z.string() }),
  }),
  blame: z.array(z.string()),
})

/** What a gate's result holds beside its checks. */
export function gateData({ data }: Result): z.infer<typeof dataSchema> {
  return dataSchema.parse(data)
}
