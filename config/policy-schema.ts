/** The policy as its users may write it, checked when it is read; this library never reaches the bundle. */
import * as z from 'zod'
import type { Policy, Route } from '../authorizer/policy.ts'
import { mostBranches } from './route-branches.ts'
import { parsePattern, patternShape } from './route-pattern.ts'

const httpsUrl = z.string().refine(isHttpsUrl, 'should be an https URL without user, query or fragment')
const redirectUrl = z
  .string()
  .refine(
    (text) => isHttps(text) && !/[^\x21-\x7e]|#/.test(text),
    'should be an absolute https URL in ASCII, without a fragment',
  )
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'should be an origin such as https://app.example.com, without a path',
  )
const seconds = z
  .number()
  .min(0, 'should be a number of seconds, 0 or more')
  .max(10 * 365 * 86_400)
const name = z.string().min(1, 'should not be empty')
/** A name that every object has anyway would count as present in every token. */
const claimName = name.refine((text) => !(text in {}), 'should not be the name of a property that every object has')
const token = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'should be an HTTP method name (RFC 9110 9.1)')

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const routeSchema = z
  .strictObject({
    path: z.string(),
    public: z.boolean().exactOptional(),
    hash: z.enum(['md5', 'sha1', 'sha256', 'sha384', 'sha512']).exactOptional(),
    groups: z.array(name).min(1, 'should name at least one group').exactOptional(),
  })
  .superRefine((route, context) => {
    const fault = routeFault(route)
    if (fault) context.addIssue({ code: 'custom', path: [fault.field], message: fault.message })
  })

function routeFault(route: Route): { field: string; message: string } | null {
  let captures: boolean
  try {
    captures = parsePattern(route.path).some((segment) => segment.kind === 'capture')
  } catch (error) {
    return { field: 'path', message: `${JSON.stringify(route.path)} ${(error as Error).message}` }
  }
  if (route.public && (captures || route.groups || route.hash)) {
    return {
      field: 'public',
      message: 'a public route has no captures, groups or hash: nothing about the token is checked',
    }
  }
  if (route.hash && !captures)
    return { field: 'hash', message: 'needs a capture in the path whose digest the segment holds' }
  return null
}

/** A path that leads into so many takes some 20 us, less than one verification. */
const maxBranches = 1000

const routesSchema = z
  .array(routeSchema)
  .min(1, 'should hold at least one route')
  .superRefine((routes, context) => {
    const seen = new Map<string, number>()
    for (const [index, route] of routes.entries()) {
      if (routeFault(route)) continue
      const shape = patternShape(route)
      const earlier = seen.get(shape)
      if (earlier === undefined) seen.set(shape, index)
      else
        context.addIssue({
          code: 'custom',
          path: [index, 'path'],
          message: `has the same shape as routes[${earlier}]; one of the two could never decide`,
        })
    }
    const branches = mostBranches(routes.filter((route) => !routeFault(route)).map(({ path }) => parsePattern(path)))
    if (branches > maxBranches)
      context.addIssue({
        code: 'custom',
        message: `has a path that leads into ${branches} beginnings of routes at once, at most ${maxBranches} are compared in good time; use fewer segments that are a literal in one route and a capture in another`,
      })
  })

export const policySchema: z.ZodType<Policy> = z
  .strictObject({
    issuer: z.union(
      [httpsUrl, z.array(httpsUrl).min(1, 'should name at least one')],
      'should be an https URL without user, query or fragment, or a list of them',
    ),
    jwksUri: z
      .union(
        [httpsUrl, z.array(httpsUrl).min(1, 'should name at least one')],
        'should be an https URL, or a list with one for each issuer',
      )
      .exactOptional(),
    credentials: z
      .union(
        [
          z.literal('header'),
          z.strictObject({
            cookie: z
              .string()
              .regex(
                /^(?!.*\*.*\*)(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\{client\})+$/,
                'should be a cookie name (RFC 6265 4.1.1), where {client} and one * may stand',
              ),
          }),
        ],
        'should be "header" or { "cookie": "NAME" }',
      )
      .exactOptional(),
    clientIds: z.array(name).min(1, 'should name at least one client'),
    tokenUse: z.enum(['access', 'id']).nullable().exactOptional(),
    requiredClaims: z.array(claimName).exactOptional(),
    algorithms: z.array(z.enum(algorithms)).min(1, 'should name at least one algorithm').exactOptional(),
    jwks: z
      .strictObject({
        maxAge: seconds.exactOptional(),
        maxStale: seconds.exactOptional(),
        cooldown: seconds.exactOptional(),
      })
      // Between two fetches lies a cooldown, and a key withdrawn meanwhile would be used beyond maxAge.
      .refine(({ maxAge = 3600, cooldown = 10 }) => maxAge >= cooldown, {
        path: ['maxAge'],
        message: 'should be at least the cooldown (default 10 seconds), within which nothing is fetched again',
      })
      .exactOptional(),
    clockToleranceSeconds: seconds.max(600, 'should be at most 600 seconds').exactOptional(),
    routes: routesSchema,
    methods: z.array(token).min(1, 'should name at least one method').exactOptional(),
    corsPreflight: z.boolean().exactOptional(),
    corsOrigins: z.array(origin).exactOptional(),
    deny: z
      .strictObject({
        unauthenticated: z
          .union(
            [
              z.strictObject({
                redirect: redirectUrl,
                returnTo: z
                  .string()
                  .regex(/^[A-Za-z0-9_.~-]+$/, 'should be the name of a query parameter, without escapes')
                  .exactOptional(),
              }),
              z.strictObject({ status: z.union([z.literal(401), z.literal(403), z.literal(404)]) }),
            ],
            'should be { "redirect": "https://…" } or { "status": 401, 403 or 404 }',
          )
          .exactOptional(),
        forbidden: z
          .strictObject({ status: z.union([z.literal(403), z.literal(404)], 'should be 403 or 404') })
          .exactOptional(),
      })
      .exactOptional(),
  })
  .superRefine(({ issuer, jwksUri }, context) => {
    if (jwksUri === undefined) return
    if ([issuer].flat().length !== [jwksUri].flat().length) {
      context.addIssue({ code: 'custom', path: ['jwksUri'], message: 'should have one entry for each issuer' })
    }
  })

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

function isHttpsUrl(text: string): boolean {
  if (!isHttps(text)) return false
  const url = new URL(text)
  return url.username === '' && url.password === '' && !/[?#\s]/.test(text)
}
