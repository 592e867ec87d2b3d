import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { bundleAuthorizer, deployable } from '../build/bundle.ts'
import { type Stage, stageResult } from '../command/stage.ts'
import type { SizeConfig } from '../config/size-schema.ts'
import { type Check, check } from '../result/result.ts'
import { attribute } from './attribution.ts'

const defaultBudget = { raw: 12_288, gzip: 6_144 }

/** The bundle's bytes against its budget, and by package. Exact: the same sources give the same bytes. */
export const stage: Stage = async ({ config, configFile, progress }) =>
  stageResult('size', { config: configFile }, async () => {
    progress.step('bundling the authorizer')
    const { program, metafile } = bundleAuthorizer(config.policy)
    const attribution = attribute(metafile)
    return {
      checks: [
        ...budgetChecks(program, { ...defaultBudget, ...config.size }),
        figure('size.deployable', 'with the policy baked in', bytes(deployable(program, { policy: config.policy }))),
        figure('size.everything', 'with everything that a policy can use', bytes(bundleAuthorizer().program)),
        ...attribution.map((entry) =>
          figure(`size.package.${entry.package}`, `of which ${entry.package}`, entry.bytes),
        ),
      ],
      data: { attribution: attribution.map((entry) => ({ ...entry })) },
    }
  })

function budgetChecks(program: string, budget: SizeConfig): Check[] {
  const buffer = Buffer.from(program)
  const sizes = {
    raw: { title: 'authorizer, minified', value: buffer.length },
    gzip: { title: 'authorizer, gzip -9', value: gzipSync(buffer, { level: 9 }).length },
    brotli: {
      title: 'authorizer, brotli -q 11',
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
