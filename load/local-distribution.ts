/** The local edge with everything a scenario needs: objects in its bucket, users, and tokens of its issuer. */

import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import type { Config } from '../config/config.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import type { Edge } from '../edge/edge.ts'
import type { SandboxOptions } from '../edge/function/sandbox-pool.ts'
import { startEdge } from '../edge/start-edge.ts'
import { synthesizeInOneStack } from '../infra/synth.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { type CredentialSource, localCredentials, mintWith } from '../testing/population/credentials.ts'
import {
  allObjects,
  makePopulation,
  type Population,
  populationAt,
  writeObjects,
} from '../testing/population/population.ts'
import type { EdgeAction, Scenario } from './scenarios/scenario.ts'
import { orNoSpace } from './temporary-space.ts'

export interface LocalTarget {
  url: string
  /** Its certificate was made for this run, and no authority knows it. */
  selfSigned: boolean
  /** The configuration's policy, with what the scenario replaces. */
  policy: Policy
  population: Population
  credentials: CredentialSource
  edge: Edge
  /** What the function printed so far. */
  functionLog: string
  /** Makes happen what the scenario asks for in the middle of a run. */
  act(action: EdgeAction): Promise<void>
  close(): Promise<void>
}

export interface LocalTargetOptions {
  config: Config
  scenario: Scenario
  /** Requests of the whole run: as many objects are made where each is asked for once. */
  requests: number
  /** Good tokens outlive the run. */
  seconds: number
  pops?: number
  /** HTTP/2 over TLS instead of plain HTTP/1.1. Default false. */
  http2?: boolean
  /** A server that holds the objects, in place of the local bucket. */
  originUrl?: string
  /** What the edge serves. Default: synthesized from the configuration, with `program`. */
  template?: object
  /** Paths of the objects. Default: such as the policy's routes grant. */
  paths?: readonly string[]
  /** The viewer-request function's program. Default the authorizer. */
  program?: string
  sandboxes?: SandboxOptions
  signal: AbortSignal
}

export async function startLocalTarget(options: LocalTargetOptions): Promise<LocalTarget> {
  const { scenario, signal } = options
  const policy = { ...options.config.policy, ...(scenario.jwks ? { jwks: scenario.jwks } : {}) }
  const config = { ...options.config, policy }
  const directory = await mkdtemp(join(tmpdir(), 'edgeproof-load-'))
  try {
    const population = populationFor(options, policy)
    const bucket = join(directory, 'bucket')
    mkdirSync(bucket)
    writeObjects(bucket, allObjects(population))
    const { pops, program, sandboxes, originUrl, http2 = false } = options
    const outdir = join(directory, 'cdk.out')
    const ours = async () => synthesizeInOneStack(config, { outdir, ...(program === undefined ? {} : { program }) })
    const template = options.template ?? (await ours()).template
    const functionLog = join(directory, 'function.log')
    const edge = await startEdge({
      template,
      config,
      objects: bucket,
      functionLog,
      // The load is one address's, which a web ACL would block; its users' requests are many addresses'.
      withoutWebAcl: true,
      signal,
      ...(pops === undefined ? {} : { pops }),
      ...(http2 ? { tlsPort: 0 } : {}),
      ...(sandboxes === undefined ? {} : { sandboxes }),
      ...(originUrl === undefined ? {} : { originUrl }),
    })
    const rotations = (scenario.events ?? []).filter(({ action }) => action === 'rotate-keys').length
    const nextKeys = await Promise.all(
      Array.from({ length: rotations }, () => createSigningKey(withDefaults(policy).providers[0].algorithms[0])),
    )
    const mints = [edge.issuer.mint, ...nextKeys.map((key) => mintWith(key, policy))]
    return {
      url: edge.tlsUrl ?? edge.url,
      selfSigned: http2,
      policy,
      population,
      credentials: await localCredentials(policy, mints, options.seconds + 3600),
      edge,
      functionLog,
      act: async (action) => {
        if (action === 'rotate-keys') await edge.issuer.rotate(nextKeys.shift())
        else actions[action](edge)
      },
      close: async () => {
        await edge.close()
        await rm(directory, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw orNoSpace(error)
  }
}

const actions: Record<Exclude<EdgeAction, 'rotate-keys'>, (edge: Edge) => void> = {
  'withdraw-keys': (edge) => edge.issuer.withdraw(),
  'issuer-down': (edge) => edge.issuer.outage(),
  'issuer-up': (edge) => edge.issuer.restore(),
  'origin-down': (edge) => edge.origin.fault({ disconnect: 'before' }),
  'origin-up': (edge) => edge.origin.restore(),
  'kill-sandbox': (edge) => void edge.killSandbox(),
}

function populationFor({ scenario, requests, paths }: LocalTargetOptions, policy: Policy): Population {
  if (paths !== undefined) return populationAt(policy, paths)
  if (scenario.objects !== 'fresh') return makePopulation(policy, scenario.users, scenario.objects)
  const { anyone, users } = makePopulation(policy, scenario.users, 1)
  const folders = allObjects({ anyone: { identity: null, folders: [] }, users }).length
  return makePopulation(
    policy,
    scenario.users,
    Math.ceil((1.1 * requests) / Math.max(1, folders, anyone.folders.length)),
  )
}
