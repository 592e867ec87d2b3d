import type { Check, Result } from '../../../reports/result.ts'
import { limitText, valueText } from '../../../reports/terminal.ts'
import { gateData } from './result-data.ts'

/**
 * SARIF 2.1.0 (OASIS) with one result for each failed check. It points at the files that the bundler's metafile shows to
 * have changed, the largest share of the bundle first; a check cannot say which line.
 */
export function sarif(result: Result): object {
  const failed = result.checks.filter(({ verdict }) => verdict === 'fail')
  const { blame } = gateData(result)
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'edgeproof gate', version: result.environment.edgeproof, rules: failed.map(rule) } },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: "The repository's root." } } },
        results: failed.map((check) => finding(check, blame)),
      },
    ],
  }
}

function rule({ id, title }: Check): object {
  return { id, shortDescription: { text: title } }
}

function finding(check: Check, blame: readonly string[]): object {
  // A result needs a location to be shown beside code; without a changed file it is the bundle's own manifest.
  const files = blame.length > 0 ? blame : ['package.json']
  return {
    ruleId: check.id,
    level: 'error',
    message: { text: `${check.title}: ${valueText(check)}, allowed ${limitText(check)}. ${check.detail ?? ''}`.trim() },
    locations: files.slice(0, 1).map(location),
    relatedLocations: files.slice(1).map((file, id) => ({ id, ...location(file) })),
  }
}

function location(file: string): object {
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(file), uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } },
  }
}
