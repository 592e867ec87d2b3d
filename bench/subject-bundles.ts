import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundleAuthorizer, deployable } from '../build/bundle.ts'
import type { Deployment } from '../handlers/timed/deployment.ts'
import type { Subject } from './subjects.ts'
import { clientId, cookiePolicy, edgeConfiguration, jwks, policy, sessionPolicy } from './workload.ts'

const projectRoot = fileURLToPath(new URL('../', import.meta.url))

/** A subject as it would be deployed: `file` is a CommonJS module that exports `handler`. */
export interface SubjectBundle extends Subject {
  file: string
  bytes: number
}

/** Bundles each subject into `directory`, all with the authorizer's own esbuild settings; keys are fetched from `jwksUri`. */
export function bundleSubjects(
  subjects: readonly Subject[],
  directory: string,
  jwksUri: string,
): Promise<SubjectBundle[]> {
  mkdirSync(directory, { recursive: true })
  // Bundles are CommonJS, whatever package.json lies above the directory.
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}')
  return Promise.all(
    subjects.map(async (subject) => {
      const file = join(directory, `${subject.id}.js`)
      const program =
        subject.entry === 'authorizer/index' ? ours(subject, jwksUri) : await bundlePeer(subject.entry, jwksUri)
      writeFileSync(file, program)
      return { ...subject, file, bytes: Buffer.byteLength(program) }
    }),
  )
}

function ours({ id, credentials, keys }: Subject, jwksUri: string): string {
  const { snapshots } = edgeConfiguration()
  const own = credentials === 'header' ? policy : id === 'edgeproof-session' ? sessionPolicy : cookiePolicy
  const measured = { ...own, jwksUri }
  return deployable(bundleAuthorizer(measured).program, {
    policy: measured,
    ...(keys === 'baked' && snapshots ? { snapshots } : {}),
  })
}

async function bundlePeer(entry: string, jwksUri: string): Promise<string> {
  const deployment = { issuer: policy.issuer, userPoolId: 'us-east-1_EXAMPLE01', clientId, jwksUri, jwks }
  const result = await build({
    absWorkingDir: projectRoot,
    entryPoints: [`./${entry}`],
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    define: { DEPLOYMENT: JSON.stringify(deployment as unknown as Deployment) },
    write: false,
  })
  const [file] = result.outputFiles
  if (!file) throw new Error(`esbuild wrote no file for ${entry}`)
  return file.text
}
