import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { buildSync, type Metafile, transformSync } from 'esbuild'
import type { EdgeConfiguration, JwksSnapshot } from '../authorizer/configuration.ts'
import type { EdgePolicy } from '../authorizer/edge-policy.ts'
import type { Policy } from '../authorizer/policy.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'
import type { HstsConfig } from '../config/hsts.ts'
import { featureConstants, featureMark, missingFeatures, usedFeatures } from './features.ts'
import { shortNamesOf, withShortNames } from './short-names.ts'

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
  'identity',
  'refreshedFor',
  'refreshed',
  'usable',
  'fresh',
  'rights',
  'keyName',
  'user',
  'isLastUser',
  'before',
  'start',
  'read',
  'remove',
  'served',
  'match',
  'lacksSlash',
  'texts',
  'lengths',
  'isSignedBy',
  'lack',
  'met',
  'subject',
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

/** Properties that only sign-in has. */
const signInProperties = [
  'isTwice',
  'others',
  'seed',
  'place',
  'signedInAt',
  'refreshedAt',
  'refused',
  'verified',
  'seconds',
  'post',
  'environment',
  'isOwn',
  'enter',
  'resumed',
  'seen',
  'instead',
  'answer',
  'step',
  'held',
  'kind',
  'path',
  'fields',
  'begunAt',
  'randomText',
  'response',
]

const projectRoot = fileURLToPath(new URL('../', import.meta.url))

export interface Bundle {
  /** The minified CommonJS program; it reads the global constant that `deployable` puts before it. */
  program: string
  metafile: Metafile
}

/**
 * Bundles the authorizer's Lambda entry with what this policy uses; without a policy, with everything. Same sources and features,
 * same bytes. `snapshots` false: no deployment of this program has keys put into it. Synchronous, since a CDK construct is.
 *
 * @example
 * const { program } = bundleAuthorizer(policy)
 * const code = deployable(program, { policy })
 */
export function bundleAuthorizer(policy?: Policy, { snapshots = true }: { snapshots?: boolean } = {}): Bundle {
  const used = usedFeatures(policy && toEdgePolicy(policy), snapshots)
  const { outputFiles, metafile } = buildSync({
    ...options,
    absWorkingDir: projectRoot,
    entryPoints: ['./authorizer/index'],
    outfile: 'index.js',
    bundle: true,
    define: featureConstants(used),
    // With it a constant of another module is put where it is used, as modules are joined: too late to leave out what depends on it.
    minifySyntax: true,
    // The minifier names variables by the text it reads: without spaces sources and compiled sources read alike.
    minifyWhitespace: true,
    sourcemap: 'inline',
    metafile: true,
    write: false,
  })
  const [joined] = outputFiles
  if (!joined) throw new Error('esbuild wrote no file')
  const withSignIn = used.get('SIGN_IN') === true
  const short = shortNamesOf(withSignIn)
  const internal = withSignIn ? [...internalProperties, ...signInProperties] : internalProperties
  const { code, map } = transformSync(joined.text, {
    ...options,
    minify: true,
    treeShaking: true,
    mangleProps: new RegExp(`^(?:${[...internal, ...Object.keys(short)].join('|')})$`),
    mangleCache: { ...short },
    banner: featureMark(used),
    sourcemap: true,
  })
  const { imports } = Object.values(metafile.outputs)[0] ?? { imports: [] }
  return { program: code, metafile: { ...metafile, outputs: { 'index.js': { ...attributed(code, map), imports } } } }
}

const options = {
  // Lambda@Edge loads index.js as CommonJS; an .mjs cannot be written inline into a template.
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  legalComments: 'none',
  // No tsconfig.json: the package has none, and `deployable` writes "use strict" itself.
  tsconfigRaw: {},
  // The entry assigns exports.handler by hand, see there.
  logOverride: { 'commonjs-variable-in-esm': 'silent' },
} as const

/** How many bytes of the program come from each source: esbuild itself counts what is left out again. */
function attributed(code: string, map: string): Metafile['outputs'][string] {
  const sourceMap = new SourceMap(JSON.parse(map))
  const bytes = new Map<string, number>()
  for (const [line, text] of code.split('\n').entries()) {
    for (let column = 0; column < text.length; column++) {
      const entry = sourceMap.findEntry(line, column)
      if (!('originalSource' in entry)) continue
      const { originalSource } = entry
      bytes.set(originalSource, (bytes.get(originalSource) ?? 0) + Buffer.byteLength(text[column] ?? ''))
    }
  }
  const inputs = Object.fromEntries([...bytes].map(([source, bytesInOutput]) => [source, { bytesInOutput }]))
  return { bytes: Buffer.byteLength(code), inputs, imports: [], exports: [] }
}

/** What a deployed file is made of, besides the program. */
export interface DeployableOptions {
  /** Checked by `parsePolicy`; strings may be unresolved CloudFormation tokens. */
  policy: Policy
  /** Issuer → keys taken at build time. Default none. */
  snapshots?: Readonly<Record<string, JwksSnapshot>>
  /** `site.hsts`, for denials. Default as there. */
  hsts?: HstsConfig
}

/**
 * The deployed file: one line with the configuration, then the program. Lambda@Edge has no environment variables, so
 * the configuration is code.
 *
 * @throws Error for a program that was bundled for another policy and lacks what this one uses.
 */
export function deployable(program: string, { policy, snapshots, hsts }: DeployableOptions): string {
  const edgePolicy = toEdgePolicy(policy, hsts)
  const missing = missingFeatures(program, usedFeatures(edgePolicy, snapshots !== undefined))
  if (missing.length > 0)
    throw new Error(
      `program: was bundled for another policy, and lacks ${missing.join(', ')}; bundle it with bundleAuthorizer(policy)`,
    )
  const short = withShortNames(edgePolicy) as EdgePolicy
  const configuration: EdgeConfiguration = { policy: short, ...(snapshots ? { snapshots } : {}) }
  return `"use strict";const EDGEPROOF_CONFIGURATION=${JSON.stringify(configuration)};\n${program}`
}
