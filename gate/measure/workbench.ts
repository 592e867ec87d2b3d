/** A scratch directory with everything that the measured processes need, the same for every side. */
import { createPublicKey } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwks, loadWorkload } from '../../bench/workload.ts'
import { type Deployment, deployments, type RequestSource, type SuiteRequests } from '../requests.ts'
import type { Suite } from '../suites.ts'
import { compileChildScripts } from './child-script.ts'

export interface Workbench {
  directory: string
  requests: Readonly<Record<Suite, SuiteRequests>>
  /** The suite whose first request is the first of `cold`. */
  first: Suite
  /** The name of the function that is measured. */
  exported: string
  scripts: Awaited<ReturnType<typeof compileChildScripts>>
  /** The issuer's key as PEM, and a token that it signed. */
  publicKey: string
  token: string
  /** Writes deployable files into `place`, a name below the directory, and returns their paths. */
  deploy(deployables: Record<Deployment, string>, place: string): Record<Deployment, string>
}

export async function createWorkbench(
  directory: string,
  source: RequestSource,
  suites: readonly Suite[] = source.suites,
): Promise<Workbench> {
  const scripts = await compileChildScripts(directory)
  const requests = await source.write(join(directory, 'requests'), suites)
  const [key] = jwks.keys
  const [first] = loadWorkload().valid
  if (!key || !first) throw new Error('the workload is empty')
  return {
    directory,
    requests,
    first: source.first,
    exported: source.exported,
    scripts,
    publicKey: createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString(),
    token: first.token,
    deploy(texts, place) {
      const write = (deployment: Deployment) => {
        const folder = join(directory, place, deployment)
        mkdirSync(folder, { recursive: true })
        const file = join(folder, 'index.js')
        writeFileSync(file, texts[deployment])
        return [deployment, file] as const
      }
      return Object.fromEntries(deployments.map(write)) as Record<Deployment, string>
    },
  }
}

/** Where a suite's requests are. */
export function requestsOf({ requests }: Workbench, suite: Suite): SuiteRequests {
  const found = requests[suite]
  if (!found) throw new Error(`no requests of suite ${suite}`)
  return found
}
