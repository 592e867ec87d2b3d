/** Builds the handlers that ship with the fuzzer, each with a policy baked in, as they would be deployed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Policy } from '../../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../../build/bundle.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { Runtime } from '../sandbox/protocol.ts'

const projectRoot = fileURLToPath(new URL('../../', import.meta.url))

export interface BuildPlace {
  /** Made if it does not exist; one file for each handler. */
  directory: string
  runtime?: Runtime
}

/** Our own authorizer, without keys baked in: the fuzzer's issuer has others. */
export async function buildOurs(
  policy: Policy,
  { directory, runtime = 'nodejs24.x' }: BuildPlace,
): Promise<HandlerUnderTest> {
  const { program } = bundleAuthorizer(policy)
  const file = write(directory, 'edgeproof', deployable(program, { policy }))
  return { name: 'edgeproof', whose: 'ours', file, policy, runtime }
}

/** Bundles an entry of this repository; `constants` are the global names that it reads. */
export async function buildForeign(
  name: string,
  entry: string,
  policy: Policy,
  constants: Record<string, unknown>,
  { directory, runtime = 'nodejs24.x' }: BuildPlace,
): Promise<HandlerUnderTest> {
  const result = await build({
    absWorkingDir: projectRoot,
    entryPoints: [`./${entry}`],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    define: Object.fromEntries(Object.entries(constants).map(([key, value]) => [key, JSON.stringify(value)])),
    write: false,
  })
  const [output] = result.outputFiles
  if (!output) throw new Error(`esbuild wrote no file for ${entry}`)
  return { name, whose: 'foreign', file: write(directory, name, output.text), policy, runtime }
}

function write(directory: string, name: string, text: string): string {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `${name}.cjs`)
  writeFileSync(file, text)
  return file
}
