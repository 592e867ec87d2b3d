import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import type { EdgeConfiguration, JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'

/**
 * Properties that only the program's own objects have, shortened in the bundle. Names of the policy, of tokens, keys,
 * events and Node's own interfaces must never stand here.
 */
const internalProperties = [
  'signatureLength',
  'notBefore',
  'notAfter',
  'literals',
  'captures',
  'checks',
  'identity',
  'refreshedFor',
  'refreshed',
  'usable',
  'fresh',
  'rights',
  'digests',
  'complete',
  'allow',
  'authorize',
  'route',
  'capture',
  'snapshot',
  'algorithm',
  'claims',
  'text',
  'octets',
  'backslash',
]

const projectRoot = fileURLToPath(new URL('../', import.meta.url))

export interface Bundle {
  /** The minified CommonJS program, the same bytes for every policy; it reads the global constant that `deployable` puts before it. */
  program: string
  metafile: Metafile
}

/** Bundles the authorizer's Lambda entry. Same sources, same bytes. */
export async function bundleAuthorizer(): Promise<Bundle> {
  const result = await build({
    absWorkingDir: projectRoot,
    entryPoints: ['./authorizer/index'],
    outfile: 'index.js',
    bundle: true,
    minify: true,
    mangleProps: new RegExp(`^(?:${internalProperties.join('|')})$`),
    // Lambda@Edge loads index.js as CommonJS; an .mjs cannot be written inline into a template.
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    metafile: true,
    write: false,
    // The entry assigns exports.handler by hand, see there.
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
  })
  const [file] = result.outputFiles
  if (!file) throw new Error('esbuild wrote no file')
  return { program: file.text, metafile: result.metafile }
}

/** What a deployed file is made of, besides the program. */
export interface DeployableOptions {
  /** Checked by `parsePolicy`; strings may be unresolved CloudFormation tokens. */
  policy: Policy
  /** Issuer → keys taken at build time. Default none. */
  snapshots?: Readonly<Record<string, JwksSnapshot>>
}

/**
 * The deployed file: one line with the configuration, then the program. Lambda@Edge has no environment variables, so
 * the configuration is code.
 */
export function deployable(program: string, { policy, snapshots }: DeployableOptions): string {
  const configuration: EdgeConfiguration = { policy: toEdgePolicy(policy), ...(snapshots ? { snapshots } : {}) }
  return `"use strict";const EDGEPROOF_CONFIGURATION=${JSON.stringify(configuration)};\n${program}`
}
