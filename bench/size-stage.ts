import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import { bundleAuthorizer, deployable } from '../build/bundle.ts'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { isOwnConfiguration, readText } from '../config/load-config.ts'
import type { SizeConfig } from '../config/size-schema.ts'
import { type Check, check, type Result } from '../result/result.ts'
import { attribute } from './attribution.ts'

const defaultBudget = { raw: 12_288, gzip: 6_144 }

/** The bundle's bytes against its budget, and by package. Exact: the same sources give the same bytes. */
export const stage: Stage<SizeOptions> = async ({ config, configFile, progress }, { handler, policy }) =>
  handler === undefined
    ? authorizerSize({ config, configFile, progress })
    : handlerSize(handler, isOwnConfiguration(configFile, policy) ? { ...config.size } : {}, configFile)

export interface SizeOptions {
  /** A deployed file instead of our authorizer. */
  handler?: string
  /** `--policy`. */
  policy?: string
}

/** A file as it is; only limits of the user's own configuration are held against it. */
function handlerSize(handler: string, budget: SizeConfig, configFile: string): Promise<Result> {
  const program = readText(handler, 'pass --handler FILE, as it is deployed')
  return stageResult('size', { config: configFile, handler }, async () => {
    const { code } = transformSync(program, { minify: true, loader: 'js', logLevel: 'silent' })
    return {
      checks: [...budgetChecks('handler', program, budget), figure('size.minified', 'were it minified', bytes(code))],
    }
  })
}

const authorizerSize = ({ config, configFile, progress }: Pick<StageContext, 'config' | 'configFile' | 'progress'>) =>
  stageResult('size', { config: configFile }, async () => {
    progress.step('bundling the authorizer')
    const { program, metafile } = bundleAuthorizer(config.policy)
    const attribution = attribute(metafile)
    return {
      checks: [
        ...budgetChecks('authorizer', program, { ...defaultBudget, ...config.size }),
        figure('size.deployable', 'with the policy baked in', bytes(deployable(program, { policy: config.policy }))),
        figure('size.everything', 'with everything that a policy can use', bytes(bundleAuthorizer().program)),
        ...attribution.map((entry) =>
          figure(`size.package.${entry.package}`, `of which ${entry.package}`, entry.bytes),
        ),
      ],
      data: { attribution: attribution.map((entry) => ({ ...entry })) },
    }
  })

function budgetChecks(what: string, program: string, budget: SizeConfig): Check[] {
  const buffer = Buffer.from(program)
  const sizes = {
    raw: { title: what === 'handler' ? 'handler, as it is' : `${what}, minified`, value: buffer.length },
    gzip: { title: `${what}, gzip -9`, value: gzipSync(buffer, { level: 9 }).length },
    brotli: {
      title: `${what}, brotli -q 11`,
      value: brotliCompressSync(buffer, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    },
  }
  return Object.entries(sizes).map(([name, { title, value }]) => {
    const limit = budget[name as keyof SizeConfig] ?? null
    return check({ id: `size.${name}`, title, value, unit: 'B', limit, direction: limit === null ? 'none' : 'lower' })
  })
}

function figure(id: string, title: string, value: number): Check {
  return check({ id, title, value, unit: 'B', limit: null, direction: 'none' })
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}
