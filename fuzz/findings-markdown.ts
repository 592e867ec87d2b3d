/** Findings for people who read them in a pull request or an issue. */
import type { Finding, Step } from './case.ts'

/** A heading for each finding: what happened, why that is wrong, the event that shows it, the command that replays it. */
export function findingsMarkdown(target: string, findings: readonly Finding[]): string {
  const sections = findings.map((finding) => {
    const { severity, class: name, story, cwe, rule, verdict, case: fuzzCase, step, after, replay } = finding
    const before =
      step === 0 ? '' : ` The case has ${step} ${step === 1 ? 'step' : 'steps'} before it; its file holds them.`
    return [
      `## ${severity}: ${name}`,
      `${escaped(story)}.`,
      `Rule \`${rule}\` (${cwe}): ${escaped(verdict.reason) || 'holds for every request'}. Shown by \`${fuzzCase.name}\` after ${after.cases} cases and ${after.seconds.toFixed(2)} s.${before}`,
      `\`\`\`json\n${JSON.stringify(eventOf(fuzzCase.steps[step]), null, 2)}\n\`\`\``,
      `\`\`\`sh\n${replay}\n\`\`\``,
    ].join('\n\n')
  })
  return `# Findings in ${target}\n\n${sections.join('\n\n')}\n`
}

function eventOf(step: Step | undefined): unknown {
  return step?.kind === 'request' ? step.event : (step ?? null)
}

/** Stories quote what a viewer sent; nothing of it may become markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s+/g, ' ')
}
