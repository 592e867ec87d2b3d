import { appendFileSync, statSync } from 'node:fs'

/** GitHub drops the whole summary of a step that is larger (docs.github.com, "Workflow commands", read 2026-11-22). */
const mostBytes = 1024 * 1024

/**
 * Appends Markdown to the summary of a step of GitHub Actions; elsewhere, and where it would no longer fit, nothing is
 * written.
 *
 * @returns whether it was written
 */
export function appendStepSummary(
  markdown: string,
  file: string | undefined = process.env.GITHUB_STEP_SUMMARY,
): boolean {
  if (file === undefined || file === '') return false
  const present = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (present + Buffer.byteLength(markdown) > mostBytes) return false
  appendFileSync(file, markdown)
  return true
}
