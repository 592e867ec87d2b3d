/** The policy as it stands after a change of what only the function knows. */
import type { Policy, SignIn } from '../../authorizer/policy.ts'

export type Change = 'retire-keys' | 'other-client'

/** Null where the policy does not hold what would change. */
export function changedPolicy(policy: Policy, change: Change): { policy: Policy; client: string } | null {
  const { signIn } = policy
  if (!signIn) return null
  if (change === 'retire-keys') {
    const { secret } = signIn
    if (!secret || !('seal' in secret)) return null
    const seal = [Buffer.alloc(32, 171).toString('base64url')]
    return { policy: withSignIn(policy, { ...signIn, secret: { ...secret, seal } }), client: signIn.client }
  }
  if (policy.providers) return null
  const client = `${signIn.client}-2`
  const clientIds = [...policy.clientIds, client]
  return { policy: { ...withSignIn(policy, { ...signIn, client }), clientIds } as Policy, client }
}

function withSignIn(policy: Policy, signIn: SignIn): Policy {
  return { ...policy, signIn }
}
