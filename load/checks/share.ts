import { type Check, check } from '../../result/result.ts'

/** Shares are for people here: 0.95 becomes 95. */
export function percent(share: number | null): number | null {
  return share === null ? null : share * 100
}

export function share(id: string, title: string, value: number | null, limit: number | null): Check {
  const direction = limit === null ? 'none' : 'higher'
  const why = 'no answer with bytes was let through after the warm-up: run longer, or a scenario with valid requests'
  return check({
    id,
    title,
    value: percent(value),
    unit: '%',
    limit: percent(limit),
    direction,
    ...detailOf(value === null ? why : ''),
  })
}

export function detailOf(detail: string): { detail?: string } {
  return detail === '' ? {} : { detail }
}
