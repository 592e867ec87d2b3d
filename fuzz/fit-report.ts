/** What a run's result and its terminal say of how the handler took good requests. */
import { type Check, check } from '../result/result.ts'
import { type Fit, untested } from './engine/fit.ts'

/** What a run without credentials leaves open, told before anything that it shows. */
const denyOnly =
  'only forged credentials were tried: this does not show that a good request passes, what a signed-in visitor may read, or what holds once the keys have signed something'

/** `fuzz.fit`: never a failure by itself; a good request that is denied is a finding of the run. */
export function fitCheck(fit: Fit): Check {
  const { passed, of, routes, isDenyOnly } = fit
  const detail = routes.map(routeLine).join('; ')
  const missed = [...(isDenyOnly ? [denyOnly] : []), ...untested(fit)].join('; ')
  const title = `good requests passed, of ${of}${missed && `; ${missed}`}`
  return check({ id: 'fuzz.fit', title, value: passed, unit: 'count', limit: null, direction: 'none', detail })
}

export function fitLines(fit: Fit): string[] {
  const { passed, of, routes, isDenyOnly } = fit
  return [
    isDenyOnly ? denyOnly : `good requests passed: ${passed} of ${of}`,
    ...routes.map((route) => `  ${routeLine(route)}`),
    ...untested(fit),
  ]
}

function routeLine({ path, good, anonymous }: Fit['routes'][number]): string {
  const without = anonymous === null ? 'public' : `without a credential ${anonymous === 'denied' ? 'denied' : 'PASSED'}`
  return `${path}: ${good.of > 0 ? `${good.passed} of ${good.of}, ` : ''}${without}`
}
