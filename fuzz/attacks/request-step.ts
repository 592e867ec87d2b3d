/** Writes one invocation of the handler, the way CloudFront hands a viewer's request over. */
import type { Headers } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import type { Step } from '../case.ts'
import type { World } from '../world/world.ts'

/** What an attack says about a request; the rest is what a browser sends. */
export interface RequestParts {
  uri: string
  /** Goes where the policy's credentials belong. Left out: none. */
  token?: string | undefined
  /** Default `GET`. */
  method?: string
  querystring?: string
  /** Single-valued unless a list is given; an empty list is a header without entries. They replace the token's own header. */
  headers?: Record<string, string | readonly string[]>
}

export function request(
  world: World,
  { uri, token, method = 'GET', querystring = '', headers = {} }: RequestParts,
): Step {
  const all = {
    host: 'd111111abcdef8.cloudfront.net',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    accept: '*/*',
    ...(token === undefined ? {} : credentialHeader(world.policy, token)),
    ...headers,
  }
  return {
    kind: 'request',
    event: {
      Records: [
        {
          cf: {
            config: { distributionId: 'EDFDVBD6EXAMPLE', requestId: 'fuzz', eventType: 'viewer-request' },
            request: { clientIp: '203.0.113.178', method, uri, querystring, headers: headerEntries(all) },
          },
        },
      ],
    },
  }
}

/** The header that carries a token under this policy. */
export function credentialHeader(policy: Policy, token: string): Record<string, string> {
  return typeof policy.credentials === 'object'
    ? { cookie: `${cookieName(policy)}=${token}` }
    : { authorization: `Bearer ${token}` }
}

/** A name that the policy's cookie pattern accepts; `access_token` where the policy wants a header. */
export function cookieName({ credentials, clientIds }: Policy): string {
  if (typeof credentials !== 'object') return 'access_token'
  return credentials.cookie.replaceAll('{client}', clientIds[0] ?? '').replaceAll('*', 'visitor')
}

function headerEntries(headers: Record<string, string | readonly string[]>): Headers {
  const entries: Headers = {}
  for (const [name, values] of Object.entries(headers)) {
    entries[name.toLowerCase()] = [values].flat().map((value) => ({ key: name, value }))
  }
  return entries
}
