import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import cdkJson from '../cdk.json' with { type: 'json' }
import type { Config } from '../config/config.ts'
import { edgeRegion } from './edge-scope.ts'
import { buildSite } from './site-app.ts'

/** A CloudFormation template, as far as its readers here go. */
interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; [attribute: string]: unknown }>
  Outputs?: Record<string, { Value: unknown }>
  [section: string]: unknown
}

/** What the CLI adds of its own accord, so that both write the same bytes. */
const cliContext = {
  'aws:cdk:enable-path-metadata': true,
  // It reports warnings itself; check and build report the policy's.
  '@aws-cdk/core:failSynthOnValidationErrors': false,
}

export interface SynthesizeOptions {
  /** Where the cloud assembly goes; default a new temporary directory, which stays. */
  outdir?: string
  /** CDK context beyond cdk.json's, as `--context` gives it. */
  context?: Record<string, string>
  /** A bundled program; default the authorizer, with what the policy uses. */
  program?: string
}

export interface Synthesized {
  template: Template
  templateFile: string
  stackName: string
}

/**
 * The template that `cdk deploy` would send, without the CLI, credentials or network. The same configuration gives the
 * same bytes. Throws a UsageError where the configuration cannot be deployed.
 */
export async function synthesize(config: Config, options: SynthesizeOptions = {}): Promise<Synthesized> {
  const outdir = options.outdir ?? (await mkdtemp(join(tmpdir(), 'edgeproof-cdk-')))
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { ...cdkJson.context, ...cliContext, ...options.context },
  })
  const stack = await buildSite(app, config, options.program)
  const { templateFullPath, stackName } = app.synth().getStackArtifact(stack.artifactId)
  return { template: JSON.parse(await readFile(templateFullPath, 'utf8')), templateFile: templateFullPath, stackName }
}

/** The same with all of it in one stack, as the local edge serves it: that has no regions. */
export function synthesizeInOneStack(
  { site = {}, ...config }: Config,
  options?: SynthesizeOptions,
): Promise<Synthesized> {
  return synthesize({ ...config, site: { ...site, region: edgeRegion } }, options)
}
