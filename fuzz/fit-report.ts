/** What a run's result and its terminal say of how the handler took good requests. */
import { type Check, check } from '../result/result.ts'
import { type Fit, untested } from './engine/fit.ts'

/** `fuzz.fit`: never a failure by itself; a good request that is denied is a finding of the run. */
export function fitCheck(fit: Fit): Check {
  const { passed, of, routes } = fit
  const detail = routes.map(routeLine).join('; ')
  const missed = untested(fit)
  const title =
    missed.length > 0 ? `good requests passed, of ${of}; ${missed.join('; ')}` : `good requests passed, of ${of}`
  return check({ id: 'fuzz.fit', title, value: passed, unit: 'count', limit: null, direction: 'none', detail })
}

export function fitLines(fit: Fit): string[] {
  return [
    `good requests passed: ${fit.passed} of ${fit.of}`,
    ...fit.routes.map((route) => `  ${routeLine(route)}`),
    ...untested(fit),
  ]
}

function routeLine({ path, good, anonymous }: Fit['routes'][number]): string {
  const without = anonymous === null ? 'public' : `without a credential ${anonymous === 'denied' ? 'denied' : 'PASSED'}`
  return `${path}: ${good.passed} of ${good.of}, ${without}`
}
