import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Scenario } from '../case.ts'
import { holdsKeys } from '../sandbox/place-handler.ts'
import type { World } from '../world/world.ts'

/** Whether a scenario can show something of this handler: one that never asks for keys hears of no rotation and no outage. */
export function suits({ handler, issuers }: World, { serve = {}, steps }: Pick<Scenario, 'serve' | 'steps'>): boolean {
  if (handler === undefined) return true
  const changesKeys = (urls: ServedUrls) => issuers.some(({ jwksUri }) => Object.hasOwn(urls, jwksUri))
  const { credential, keys, secret } = handler
  const neverAsks = credential === 'none' || secret !== undefined || keys === 'baked-in' || typeof keys === 'object'
  if ((neverAsks || holdsKeys(handler)) && changesKeys(serve)) return false
  return !neverAsks || !steps.some((step) => step.kind === 'serve' && changesKeys(step.urls))
}
