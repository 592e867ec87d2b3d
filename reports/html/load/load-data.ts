/** What the report reads of `load.json`; a part that a run does not have is left out of the page. */
import * as z from 'zod'

const countsSchema = z.object({
  requests: z.number(),
  hits: z.number(),
  misses: z.number(),
  denials: z.number(),
  errors: z.number(),
})
export type Counts = z.infer<typeof countsSchema>

const bucketSchema = z.object({
  /** Seconds from the first answer to the bucket's start. */
  at: z.number(),
  requests: z.number(),
  hits: z.number(),
  misses: z.number(),
  denials: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  coldStarts: z.number(),
  sandboxes: z.number(),
  sandboxesBusy: z.number(),
})

export const loadDataSchema = z.object({
  measured: z.object({
    counts: countsSchema,
    by: z.object({ class: z.record(z.string(), countsSchema), route: z.record(z.string(), countsSchema) }),
    /** Compressed HDR histograms of microseconds. */
    histograms: z.record(z.string(), z.string()),
  }),
  series: z.object({ bucketSeconds: z.number(), warmUpSeconds: z.number(), buckets: z.array(bucketSchema) }).optional(),
  denials: z.array(z.object({ reason: z.string(), count: z.number() })).optional(),
  events: z.array(z.object({ at: z.number(), action: z.string() })).optional(),
})
export type LoadData = z.infer<typeof loadDataSchema>
export type Series = NonNullable<LoadData['series']>
