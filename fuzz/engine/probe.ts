/** Asks a handler for what it must allow, before anything is attacked: a handler for another policy would only give nonsense. */
import { UsageError } from '../../config/usage-error.ts'
import { mint } from '../../testing/mint.ts'
import { request } from '../attacks/request-step.ts'
import type { Target } from '../sandbox/handler-under-test.ts'
import { createSandbox } from '../sandbox/sandbox.ts'
import { createWorld, servedByIssuers } from '../world/make-world.ts'
import { replayFresh } from './replay.ts'

/** Throws TargetRefused where the handler does not load while all is well; in an outage it is a finding. */
export async function ensureLoads(target: Target): Promise<void> {
  const world = await createWorld(target.policy, Date.now())
  await using sandbox = createSandbox({ runtime: target.runtime })
  await sandbox.load(target.file, world.start, servedByIssuers(world.issuers))
}

/** Throws TargetRefused where the handler does not load, UsageError where it knows nothing of this policy's issuer. */
export async function probe(target: Target): Promise<void> {
  await ensureLoads(target)
  const world = await createWorld(target.policy, Date.now())
  const steps = world.visitors.map(({ issuer, claims, granted }) =>
    request(world, { uri: granted[0], token: mint(issuer.keys[0], claims) }),
  )
  const judged = await replayFresh(target, {
    name: 'probe',
    class: 'benign',
    policy: target.policy,
    start: world.start,
    serve: servedByIssuers(world.issuers),
    steps,
  })
  const allowed = judged.some(({ answer }) => answer.result.kind === 'request')
  const fetched = judged.flatMap(({ answer }) => answer.fetches.map(({ url }) => url))
  if (allowed || world.issuers.some(({ jwksUri }) => fetched.includes(jwksUri))) return
  if (judged.some(({ answer }) => answer.result.kind !== 'response')) return
  const asked = fetched[0] === undefined ? 'asked for no keys' : `asked for ${fetched[0]} instead`
  throw new UsageError(
    `the policy does not fit the handler: it denied all ${steps.length} good requests and ${asked}; pass the policy that it was built with (keys at ${world.issuers[0].jwksUri})`,
  )
}
