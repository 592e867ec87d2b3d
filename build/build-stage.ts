import { join } from 'node:path'
import { zipSync } from 'fflate'
import { type Stage, stageResult } from '../command/stage.ts'
import { checkPolicy } from '../config/create-authorizer.ts'
import { policyWarnings, warningText } from '../config/policy-warnings.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { check } from '../result/result.ts'
import { bundleAuthorizer, deployable } from './bundle.ts'
import type { Discovery } from './discovered-policy.ts'

/** Largest deployment package of a viewer-request function (CloudFront Developer Guide, "Quotas on Lambda@Edge"). */
const maxPackageOctets = 1024 * 1024

/**
 * Writes index.js (exports `handler`, configuration baked in), function.zip, esbuild's meta.json, and for programs that are
 * bundled elsewhere policy.checked.json to the output directory, and says what is dangerous in the policy. What was
 * discovered for the policy goes into discovered.json, so that the build can be repeated without asking.
 */
export const buildStage: Stage<{ discovery?: Discovery }> = ({ config, configFile, out, progress }, { discovery }) =>
  stageResult('build', { config: configFile, out }, async () => {
    const { program, metafile } = bundleAuthorizer(config.policy, { snapshots: false })
    const warnings = policyWarnings(config.policy).map(warningText)
    const { policy, site } = config
    const code = deployable(program, { policy, ...(site?.hsts && { hsts: site.hsts }) })
    const zip = functionZip(code)
    writeWholeFile(join(out, 'index.js'), code)
    writeWholeFile(join(out, 'function.zip'), zip)
    const checked = checkPolicy(policy, site?.hsts)
    writeWholeFile(join(out, 'policy.checked.json'), `${JSON.stringify(checked, null, 2)}\n`)
    if (discovery) writeWholeFile(join(out, 'discovered.json'), `${JSON.stringify(discovery.filledIn, null, 2)}\n`)
    writeWholeFile(join(out, 'meta.json'), `${JSON.stringify(metafile, null, 2)}\n`)
    for (const text of warnings) progress.log(`warning: ${configFile}: ${text}`)
    return {
      checks: [
        check({
          id: 'build.code',
          title: 'index.js, configuration included',
          value: Buffer.byteLength(code),
          unit: 'B',
          limit: null,
          direction: 'none',
        }),
        check({
          id: 'build.package',
          title: 'function.zip against the quota of a viewer-request function',
          value: zip.length,
          unit: 'B',
          limit: maxPackageOctets,
          direction: 'lower',
        }),
      ],
      data: { warnings, ...(discovery && { discovery: discoveryData(discovery) }) },
    }
  })

function discoveryData({ url, filledIn, notes }: Discovery) {
  return JSON.parse(JSON.stringify({ url, filledIn, notes }))
}

/** The function's deployment package: one file, `index.js`, with a fixed date, so that the same code gives the same bytes. */
function functionZip(code: string): Uint8Array {
  // A zip entry's date has no time zone; this constructor's local time is what is stored.
  return zipSync({ 'index.js': [Buffer.from(code), { mtime: new Date(1980, 0, 1) }] }, { level: 9 })
}
