/** The world of a handler under test, and the policy that it is judged by there. */
import type { Algorithm, Policy, Provider } from '../../authorizer/policy.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { createWorld } from './make-world.ts'
import type { World } from './world.ts'

export function worldOf(tested: HandlerUnderTest, start: number): Promise<World> {
  return createWorld(judgedPolicy(tested), start, tested.handler)
}

/** HS256 is no algorithm that a policy may name: a session token of the handler's own is judged as one of this provider. */
const ofSessions = { algorithms: ['HS256' as Algorithm], kid: 'optional' } satisfies Partial<Provider>

/** The handler's policy; where its tokens are the handler's own, by the secret that signs them. */
export function judgedPolicy({ policy, handler }: Pick<HandlerUnderTest, 'policy' | 'handler'>): Policy {
  if (handler?.secret === undefined) return policy
  if (!policy.providers) return { ...policy, ...ofSessions }
  const providers = Object.entries(policy.providers).map(([name, one]) => [name, { ...one, ...ofSessions }])
  return { ...policy, providers: Object.fromEntries(providers) }
}
