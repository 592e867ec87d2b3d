/** Reads and dates the entries of CHANGELOG.md: `## 0.1.0 (unreleased)`, `## 0.1.0 (2026-11-26)`. */

/** The changelog with today's date (UTC) in the heading of `version`. Throws where that entry is missing or already dated. */
export function datedChangelog(changelog: string, version: string, today: Date): string {
  const open = `## ${version} (unreleased)\n`
  if (!changelog.includes(open)) throw new Error(`CHANGELOG.md has no entry "${open.trim()}"; write what changed there`)
  return changelog.replace(open, `## ${version} (${today.toISOString().slice(0, 10)})\n`)
}

/** The text under the dated heading of `version`. Throws where there is none. */
export function changelogEntry(changelog: string, version: string): string {
  const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d{2}-\\d{2}\\)$`, 'm').exec(changelog)
  if (!heading) throw new Error(`CHANGELOG.md has no dated entry of ${version}; run node tools/release.ts ${version}`)
  const [entry = ''] = changelog.slice(heading.index + heading[0].length).split(/^## /m)
  return entry.trim()
}
