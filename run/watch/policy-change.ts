import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../../authorizer/policy.ts'
import type { PolicyField } from './suited-attacks.ts'

export interface PolicyChange {
  /** `methods`, or whose fields they are: `/reports/* groups`. */
  text: string
  fields: PolicyField[]
}

/**
 * The fields that differ; those of routes and providers beside the path or the name. Empty where only the order does, which
 * decides nothing.
 *
 * @example
 * policyChanges(before, after).map(({ text }) => text)
 * // ['methods', '/reports/* groups', '/drafts/* (new)']
 */
export function policyChanges(before: Policy, after: Policy): PolicyChange[] {
  const { routes: routesBefore, providers: providersBefore = {}, ...fieldsBefore } = before
  const { routes: routesAfter, providers: providersAfter = {}, ...fieldsAfter } = after
  return [
    ...differing(fieldsBefore, fieldsAfter).map((field) => ({ text: field, fields: [field] })),
    ...named(providersBefore, providersAfter),
    ...named(byPath(routesBefore), byPath(routesAfter)),
  ]
}

function byPath(routes: Policy['routes']): Record<string, object> {
  return Object.fromEntries(routes.map((route) => [route.path, route]))
}

function named(before: Readonly<Record<string, object>>, after: Readonly<Record<string, object>>): PolicyChange[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((name) => {
    const fields = differing(before[name] ?? {}, after[name] ?? {})
    if (fields.length === 0) return []
    const what = !before[name] ? '(new)' : !after[name] ? '(gone)' : fields.join(' and ')
    return [{ text: `${name} ${what}`, fields }]
  })
}

function differing(before: object, after: object): PolicyField[] {
  const [one, other] = [before, after].map((fields) => new Map(Object.entries(fields)))
  const names = [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])]
  return names.filter((name) => !isDeepStrictEqual(one?.get(name), other?.get(name))) as PolicyField[]
}
