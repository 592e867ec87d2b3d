/** Findings for people who read them in a pull request or an issue. */

import { ruleReference } from '../oracle/rules.ts'
import { whoTitles } from './assessment/who-titles.ts'
import type { Step } from './case.ts'
import { type Finding, type GroupedFinding, isHardening } from './finding.ts'
import { sentencesOf } from './sessions/sentences.ts'

/**
 * A heading for each finding, worst first: what an attacker does, the request, the rule, how it is mended; then hardening.
 * `semantics`: the path from the page to `oracle/SEMANTICS.md`.
 */
export function findingsMarkdown(handler: string, findings: readonly GroupedFinding[], semantics: string): string {
  const section = (finding: GroupedFinding) => sectionOf(finding, semantics)
  const open = findings.filter((finding) => !isHardening(finding))
  const hardening = findings.filter(isHardening)
  return [
    `# Findings in ${handler}`,
    open.length === 0 ? 'Nobody gains anything by what was found.' : '',
    ...open.map(section),
    ...(hardening.length === 0
      ? []
      : [
          '# Hardening',
          "What only the issuer's side could do, what CloudFront never sends, and what harms nobody but its sender. It fails a run with `--strict` alone.",
          ...hardening.map(section),
        ]),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
    .concat('\n')
}

function sectionOf(finding: GroupedFinding, semantics: string): string {
  const { severity, cvss, class: name, who, attack, story, cwe, rule, verdict, mend, curl, variants } = finding
  const { case: fuzzCase, step, after, replay, id } = finding
  const reference = ruleReference(rule)
  const before =
    step === 0 || fuzzCase.story
      ? ''
      : ` ${step} ${step === 1 ? 'step comes' : 'steps come'} before it; the case has them.`
  const request = fuzzCase.story
    ? sentencesOf(fuzzCase.story)
        .map((sentence, index) => `${index + 1}. ${escaped(sentence)}`)
        .join('\n')
    : curl === ''
      ? `\`\`\`json\n${JSON.stringify(eventOf(fuzzCase.steps[step]), null, 2)}\n\`\`\``
      : `\`\`\`sh\n${curl}\n\`\`\``
  return [
    `## ${severity}: ${name}, by ${whoTitles[who]}`,
    attack,
    `Seen: ${escaped(story)}.${aboutRequest(rule, verdict)}`,
    `${request}${before}`,
    `Rule \`${rule}\`: [${reference}](${semantics}${reference.slice(reference.indexOf('#'))}). ${cwe}. ${cvss.vector} (${cvss.score.toFixed(1)}). Id \`${id}\`.`,
    `Mend: ${mend}`,
    `Shown by \`${fuzzCase.name}\` after ${after.cases} cases and ${after.seconds.toFixed(2)} s:`,
    `\`\`\`sh\n${replay}\n\`\`\``,
    ...(variants.length === 0 ? [] : [`Variants:\n\n${variants.map(variantLine).join('\n')}`]),
  ].join('\n\n')
}

function variantLine({ severity, who, rule, story, replay }: Finding): string {
  return `- ${severity}, by ${whoTitles[who]}, \`${rule}\`: ${escaped(story)} (\`${replay}\`)`
}

/** What the oracle says of the request, where that is not what the finding is about: a leak in a denial that is right. */
function aboutRequest(rule: string, { outcome, rule: decisive, reason }: Finding['verdict']): string {
  if (reason === '') return ''
  return decisive === rule
    ? ` ${escaped(sentence(reason))}`
    : ` The request ${outcomeWords[outcome]}: ${escaped(reason)}.`
}

const outcomeWords: Record<Finding['verdict']['outcome'], string> = {
  'must-allow': 'has to be allowed',
  'must-deny': 'has to be denied',
  may: 'may be allowed or denied',
  lax: 'is granted, and only its form is loose',
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function eventOf(step: Step | undefined): unknown {
  return step?.kind === 'request' ? step.event : (step ?? null)
}

/** Stories quote what a viewer sent; nothing of it may become markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s+/g, ' ')
}
