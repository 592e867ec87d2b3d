import * as z from 'zod'
import { limitText, valueText } from '../command/terminal.ts'
import type { Check, Result } from '../result/result.ts'
import { commandOf } from '../result/result.ts'

/** Of a result's data: the files that changed, the likeliest first. */
const blameSchema = z.object({ blame: z.array(z.string()) })

/**
 * SARIF 2.1.0 (OASIS): a run for each result document, in it a result for each failed check. It points at the files that
 * the document blames, or at the package; a check cannot say which line.
 */
export function sarif(results: readonly Result[]): object {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: results.map(run),
  }
}

function run(result: Result): object {
  const failed = result.checks.filter(({ verdict }) => verdict === 'fail')
  const rules = new Map(failed.map((check) => [check.id, rule(check)]))
  const ids = [...rules.keys()]
  const command = commandOf(result)
  return {
    tool: {
      driver: { name: `edgeproof ${command}`, version: result.environment.edgeproof, rules: [...rules.values()] },
    },
    // Runs of one file are told apart by this (SARIF 3.17); GitHub takes the part before the last slash as the category.
    automationDetails: { id: `edgeproof-${command}/` },
    originalUriBaseIds: { '%SRCROOT%': { description: { text: "The repository's root." } } },
    results: failed.map((check) => finding(check, ids.indexOf(check.id), blamed(result))),
  }
}

/** What GitHub sorts alerts by, where a weakness has no score of its own: the middle of each of CVSS's ranges. */
const scores = { critical: 9.5, high: 8, medium: 5.5, low: 2, none: 0 }

function rule({ id, title, weakness }: Check): object {
  const description = { id, shortDescription: { text: title } }
  if (!weakness) return description
  const { cwe, severity, cvss, who, help } = weakness
  const properties = {
    tags: ['security', `external/cwe/${cwe.toLowerCase()}`],
    'security-severity': (cvss?.score ?? scores[severity]).toFixed(1),
    ...(cvss ? { cvss: cvss.vector } : {}),
    ...(who === undefined ? {} : { who }),
  }
  return { ...description, ...(help === undefined ? {} : { help: { text: help } }), properties }
}

function blamed({ data }: Result): readonly string[] {
  const found = blameSchema.safeParse(data)
  // A result needs a location to be shown beside code.
  return found.success && found.data.blame.length > 0 ? found.data.blame : ['package.json']
}

function finding(check: Check, ruleIndex: number, files: readonly string[]): object {
  const limit = limitText(check)
  const sentence = `${check.title}: ${valueText(check)}${limit === '' ? '' : `, allowed ${limit}`}.`
  return {
    ruleId: check.id,
    ruleIndex,
    level: 'error',
    message: { text: `${sentence} ${check.detail ?? ''}`.trim() },
    locations: files.slice(0, 1).map(location),
    relatedLocations: files.slice(1).map((file, id) => ({ id, ...location(file) })),
  }
}

function location(file: string): object {
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(file), uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } },
  }
}
