/**
 * Project Wycheproof's JSON web signature vectors as whole events (C2SP/wycheproof, testvectors_v1). Their payloads are no
 * JSON objects, so each vector as it is must be denied; each of their headers and keys is used again to sign claims, and
 * each of their signatures is put under claims. The files are read from `WYCHEPROOF_DIR` and never shipped.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Algorithm, Policy } from '../authorizer/policy.ts'
import { UsageError } from '../config/usage-error.ts'
import { encode, signedToken } from '../testing/mint.ts'
import { request } from './attacks/request-step.ts'
import type { FuzzCase, Step } from './case.ts'
import { jwksAnswer } from './world/make-world.ts'
import type { World } from './world/world.ts'

const jwk = z.record(z.string(), z.unknown())
const fileSchema = z.object({
  testGroups: z.array(
    z.object({
      comment: z.string(),
      public: jwk.optional(),
      private: jwk.optional(),
      tests: z.array(z.object({ tcId: z.number(), comment: z.string(), jws: z.union([z.string(), z.unknown()]) })),
    }),
  ),
})
type Group = z.infer<typeof fileSchema>['testGroups'][number]

const algorithms: readonly string[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']

/** One case for each key group that the policy's algorithms can use; the key group is all that the issuer publishes. */
export function wycheproofCases(directory: string, world: World): FuzzCase[] {
  return ['json_web_signature_test.json', 'json_web_key_test.json'].flatMap((name) =>
    readGroups(join(directory, name)).flatMap((group, index) => caseOf(group, `${name}-${index}`, world) ?? []),
  )
}

/** Algorithms of the vectors' keys; ours is built for each. */
export function wycheproofPolicies(policy: Policy): Policy[] {
  return algorithms.map((algorithm) => {
    const own = { algorithms: [algorithm as Algorithm] }
    if (!policy.providers) return { ...policy, ...own }
    const providers = Object.entries(policy.providers).map(([name, provider]) => [name, { ...provider, ...own }])
    return { ...policy, providers: Object.fromEntries(providers) }
  })
}

function readGroups(file: string): Group[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); set WYCHEPROOF_DIR to testvectors_v1`,
    )
  }
  return fileSchema.parse(JSON.parse(text)).testGroups
}

function caseOf(group: Group, name: string, world: World): FuzzCase | null {
  const [visitor] = world.visitors
  const allowed: readonly string[] = visitor.issuer.provider.algorithms
  const published = membersOf(group.public)
  const signers = membersOf(group.private).filter(({ alg, kty }) => kty !== 'oct' && allowed.includes(String(alg)))
  if (signers.length === 0) return null
  const steps = group.tests.flatMap(({ jws }): Step[] => {
    if (typeof jws !== 'string') return []
    const tokens = [jws, ...signers.flatMap((signer) => signedClaims(jws, signer, visitor.claims))]
    return tokens.map((token) => request(world, { uri: visitor.granted[0], token }))
  })
  return {
    name: `wycheproof-${name}-${group.comment}`,
    class: 'signature',
    policy: world.policy,
    start: world.start,
    serve: { [visitor.issuer.jwksUri]: jwksAnswer(published) },
    steps,
  }
}

function membersOf(key: Record<string, unknown> | undefined): Record<string, unknown>[] {
  if (key === undefined) return []
  return Array.isArray(key.keys) ? key.keys : [key]
}

/** The vector's header over claims, truly signed and with the vector's own signature. */
function signedClaims(jws: string, signer: Record<string, unknown>, claims: object): string[] {
  const [header = '', , signature = ''] = jws.split('.')
  const input = `${header}.${encode(claims)}`
  const key = privateKey(signer)
  return [
    `${input}.${signature}`,
    ...(key ? [signedToken({ algorithm: signer.alg as Algorithm, privateKey: key }, input)] : []),
  ]
}

function privateKey(signer: Record<string, unknown>): KeyObject | null {
  try {
    return createPrivateKey({ key: signer, format: 'jwk' } as Parameters<typeof createPrivateKey>[0])
  } catch {
    return null
  }
}
