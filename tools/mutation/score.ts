/**
 * Holds Stryker's report (results/mutation.json) against survivors.ts and writes authorizer/MUTATION.md. Fails where the
 * score is missed, a survivor is not listed, or something is listed that no longer survives.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type Survivor, survivors } from './survivors.ts'

/** In percent of the mutants that are not equivalent. */
const target = 95

/** The parts used here of the mutation-testing-elements report schema, version 2. */
interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>
}
interface Mutant {
  status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored' | 'Pending'
  replacement: string
  /** Lines and columns from 1; the end is exclusive. */
  location: { start: Position; end: Position }
}
interface Position {
  line: number
  column: number
}

interface Row {
  file: string
  mutants: number
  detected: number
  equivalent: number
  survived: number
}

const report: Report = JSON.parse(readFileSync('results/mutation.json', 'utf8'))
/** Those that break a test file before its tests begin are no mutants to Stryker's own score either. */
const isValid = ({ status }: Mutant) => !['RuntimeError', 'CompileError', 'Ignored'].includes(status)
const seen = new Set<Survivor>()
const unlisted: string[] = []
const rows = Object.entries(report.files).map(([path, { source, mutants: all }]) => {
  const mutants = all.filter(isValid)
  const row: Row = {
    file: path.replace('authorizer/', ''),
    mutants: mutants.length,
    detected: 0,
    equivalent: 0,
    survived: 0,
  }
  for (const mutant of mutants) {
    if (mutant.status === 'Killed' || mutant.status === 'Timeout') {
      row.detected++
      continue
    }
    const original = textAt(source, mutant.location)
    const listed = survivors.find(
      (one) =>
        !seen.has(one) &&
        one.file === row.file &&
        one.original === original &&
        one.replacement === oneLine(mutant.replacement),
    )
    if (listed) seen.add(listed)
    else
      unlisted.push(
        `${path}:${mutant.location.start.line}: ${original} -> ${oneLine(mutant.replacement)} (${mutant.status})`,
      )
    if (listed?.equivalent) row.equivalent++
    else row.survived++
  }
  return row
})
const total = rows.reduce((sum, row) => ({
  file: 'all',
  mutants: sum.mutants + row.mutants,
  detected: sum.detected + row.detected,
  equivalent: sum.equivalent + row.equivalent,
  survived: sum.survived + row.survived,
}))
const stale = survivors.filter((one) => !seen.has(one))

writeFileSync('authorizer/MUTATION.md', document())
for (const line of unlisted) console.error(`survives and is not listed: ${line}`)
for (const { file, original, replacement } of stale)
  console.error(`listed and detected: ${file}: ${original} -> ${replacement}`)
console.log(
  `${score(total)} % of ${total.mutants - total.equivalent} mutants detected; ${total.equivalent} equivalents left out`,
)
if (Number(score(total)) < target || unlisted.length > 0 || stale.length > 0) process.exitCode = 1

function score({ mutants, detected, equivalent }: Row): string {
  return ((detected / (mutants - equivalent)) * 100).toFixed(1)
}

function textAt(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines.push((lines.pop() ?? '').slice(0, end.column - 1))
  lines[0] = (lines[0] ?? '').slice(start.column - 1)
  return oneLine(lines.join('\n'))
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function document(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const [equivalents, others] = [true, false].map((equivalent) =>
    survivors.filter((one) => Boolean(one.equivalent) === equivalent),
  )
  return `# Mutants of the authorizer

Written by \`mutation/score.ts\` at commit ${commit} from the report of Stryker, which changes the authorizer's source in one place at a
time and runs the tests of this folder and \`fuzz/in-thread*.test.ts\` in the same thread. **${score(total)} %** of the mutants that differ from the
original are detected (${total.detected} of ${total.mutants - total.equivalent}); with the ${total.equivalent} equivalents counted as survivors it is ${((total.detected / total.mutants) * 100).toFixed(1)} %.

| file | mutants | detected | equivalent | survived | score in % |
|---|---:|---:|---:|---:|---:|
${[...rows, total].map((row) => `| ${row.file} | ${row.mutants} | ${row.detected} | ${row.equivalent} | ${row.survived} | ${score(row)} |`).join('\n')}

## Survivors

${list(others ?? [])}

## Equivalents

No input tells these from the original, but for the time that they take.

${list(equivalents ?? [])}
`
}

function list(entries: readonly Survivor[]): string {
  return entries
    .map(({ file, original, replacement, why }) => `- ${file}: \`${original}\` → \`${replacement}\`: ${why}`)
    .join('\n')
}
