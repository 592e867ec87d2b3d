/** Findings for people who read them in a pull request or an issue. */

import { ruleReference } from '../oracle/rules.ts'
import type { Step } from './case.ts'
import type { Finding } from './finding.ts'

/** A heading for each finding: what happened, why that is wrong, the event that shows it, the command that replays it. */
export function findingsMarkdown(target: string, findings: readonly Finding[]): string {
  const sections = findings.map((finding) => {
    const { severity, class: name, story, cwe, rule, verdict, case: fuzzCase, step, after, replay } = finding
    const before =
      step === 0 ? '' : ` The case has ${step} ${step === 1 ? 'step' : 'steps'} before it; its file holds them.`
    return [
      `## ${severity}: ${name}`,
      `${escaped(story)}.`,
      `Rule \`${rule}\` (${cwe}; edgeproof's \`${ruleReference(rule)}\`).${aboutRequest(rule, verdict)} Shown by \`${fuzzCase.name}\` after ${after.cases} cases and ${after.seconds.toFixed(2)} s.${before}`,
      `\`\`\`json\n${JSON.stringify(eventOf(fuzzCase.steps[step]), null, 2)}\n\`\`\``,
      `\`\`\`sh\n${replay}\n\`\`\``,
    ].join('\n\n')
  })
  return `# Findings in ${target}\n\n${sections.join('\n\n')}\n`
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
