import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import type { EdgeConfiguration } from '../authorizer/configuration.ts'

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
    entryPoints: ['authorizer/index.ts'],
    outfile: 'index.js',
    bundle: true,
    minify: true,
    // Lambda@Edge loads index.js as CommonJS; an .mjs cannot be written inline into a template.
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    metafile: true,
    write: false,
  })
  const [file] = result.outputFiles
  if (!file) throw new Error('esbuild wrote no file')
  return { program: file.text, metafile: result.metafile }
}

/**
 * The deployed file: one line with the configuration, then the program. Lambda@Edge has no environment variables, so
 * the configuration is code; a string in it may be an unresolved CloudFormation token.
 */
export function deployable(program: string, configuration: EdgeConfiguration): string {
  return `"use strict";const EDGEPROOF_CONFIGURATION=${JSON.stringify(configuration)};\n${program}`
}
