/** A scratch directory with everything that the measured processes need, the same for every side. */
import { createPublicKey } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwks, loadWorkload } from '../../bench/workload.ts'
import { type Deployment, deployments, type SuiteRequests, writeRequests } from '../requests.ts'
import type { RequestSuite } from '../suites.ts'
import { compileChildScripts } from './child-script.ts'

export interface Workbench {
  directory: string
  requests: Record<RequestSuite, SuiteRequests>
  scripts: Awaited<ReturnType<typeof compileChildScripts>>
  /** The issuer's key as PEM, and a token that it signed. */
  publicKey: string
  token: string
  /** Writes deployable files into `place`, a name below the directory, and returns their paths. */
  deploy(deployables: Record<Deployment, string>, place: string): Record<Deployment, string>
}

export async function createWorkbench(directory: string): Promise<Workbench> {
  const scripts = await compileChildScripts(directory)
  const requests = writeRequests(join(directory, 'requests'))
  const [key] = jwks.keys
  const [first] = loadWorkload().valid
  if (!key || !first) throw new Error('the workload is empty')
  return {
    directory,
    requests,
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
