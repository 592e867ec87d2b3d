import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { ruleReference } from '../../oracle/rules.ts'
import type { Result } from '../../result/result.ts'
import type { Source } from './check-table.ts'
import { checkValue } from './check-value.ts'
import { type Cell, dataTable } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { commandMarkup, type Section } from './section.ts'

const findingSchema = z.object({
  class: z.string(),
  severity: z.string(),
  cwe: z.string(),
  rule: z.string(),
  story: z.string(),
  replay: z.string(),
  who: z.string().optional(),
  cvss: z.object({ vector: z.string(), score: z.number() }).optional(),
  attack: z.string().optional(),
  mend: z.string().optional(),
  variants: z.array(z.unknown()).optional(),
  curl: z.string().optional(),
})

const dataSchema = z.object({
  findings: z.array(findingSchema),
  /** What nobody gains by, or the issuer's side alone. */
  hardening: z.array(findingSchema).optional(),
  notes: z.array(z.object({ rule: z.string(), story: z.string(), count: z.number() })),
})

export const fuzzSection: Section = {
  id: 'attacks',
  title: 'Attacks',
  question: 'Can somebody get past it, crash it or make it leak?',
  document: 'fuzz',
  folds: true,
  method:
    'Forged tokens, disguised paths, hostile key sets and clocks, generated from a seed and judged by an oracle that shares no code with the authorizer. A finding counts once a fresh sandbox has shown it again.',
  command: (result) =>
    typedCommand(
      `fuzz${ofHandler(result)} --seconds ${result?.inputs.seconds ?? 60} --seed ${result?.inputs.seed ?? 1} --workers ${result?.inputs.workers ?? 1}`,
    ),
  answer(source) {
    const [findings, requests, cases] = ['fuzz.findings', 'fuzz.requests', 'fuzz.cases'].map((id) =>
      checkValue(source, id),
    )
    return html`${caveat(source)}${findings} findings in ${requests} requests of ${cases} cases.`
  },
  body(source) {
    const data = dataSchema.safeParse(source.result.data)
    if (!data.success) return []
    const { findings, hardening = [], notes } = data.data
    return [findingList(findings), hardeningTable(hardening), notesTable(notes)]
  },
}

/** A handler of one's own, with its policy or configuration. */
function ofHandler(result: Result | undefined): string {
  const { handler, config } = result?.inputs ?? {}
  if (typeof handler !== 'string') return ''
  const option = String(config).endsWith('.json') ? '--policy' : '--config'
  return ` --handler ${handler} ${option} ${config}`
}

/** What the run says nothing of: routes where no good request passed, or all of them where no credential could be made. */
function caveat({ result }: Source): string {
  const [, ...open] = result.checks.find(({ id }) => id === 'fuzz.fit')?.title.split('; ') ?? []
  return open.map((one) => `${one.slice(0, 1).toUpperCase()}${one.slice(1)}. `).join('')
}

type Findings = z.infer<typeof findingSchema>[]

/** Each once, the worst first: what happened, how it is mended, the command that shows it again, and its request. */
function findingList(findings: Findings): Markup | null {
  if (findings.length === 0) return null
  const worstFirst = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
  return html`<ol class="findings">${worstFirst.map(findingMarkup)}</ol>`
}

const severities = ['critical', 'high', 'medium', 'low']

function findingMarkup(finding: Findings[number]): Markup {
  const { severity, cvss, who, class: kind, cwe, attack = '', rule, story, mend, replay, variants = [], curl } = finding
  const score = cvss === undefined ? '' : ` ${cvss.score.toFixed(1)}`
  const by = who === undefined ? '' : ` (${words(who)})`
  const more = variants.length === 0 ? '' : `; ${variants.length} ${variants.length === 1 ? 'variant' : 'variants'}`
  const request = curl === undefined || curl === '' ? null : html`<pre><code>${curl}</code></pre>`
  return html`<li><b class="severity">${severity}${score}</b> ${words(kind)}${by}: ${story}${more}.
<small>${attack}${mend === undefined ? null : html` <b>Mend:</b> ${mend}`}</small>${commandMarkup(replay)}
<details><summary>Rule${request === null ? '' : ' and request'}</summary><p>${ruleReference(rule)}, ${cwe}${cvss === undefined ? '' : `, ${cvss.vector}`}</p>${request}</details></li>`
}

const words = (id = '') => id.replaceAll('-', ' ').replace('signed in', 'signed-in')

function hardeningTable(hardening: Findings): Markup | null {
  if (hardening.length === 0) return null
  return html`<details><summary>${hardening.length} to harden: what only the issuer's side could do, what CloudFront never sends, what harms its sender alone</summary>${dataTable(
    'Hardening',
    {
      head: ['who', 'class', 'what happened', 'rule', 'mend'],
      rows: hardening.map(({ who, class: kind, story, rule, mend }): Cell[] => [
        words(who),
        kind,
        story,
        ruleReference(rule),
        mend ?? '',
      ]),
    },
  )}</details>`
}

/** Loose, but no way in: what the true issuer's signature grants anyway. */
function notesTable(notes: z.infer<typeof dataSchema>['notes']): Markup | null {
  if (notes.length === 0) return null
  return html`<details><summary>${notes.length} notes: differences that the standards allow, no way in</summary>${dataTable(
    'Notes',
    {
      head: ['rule', 'what was seen', 'times'],
      rows: notes.map(({ rule, story, count }, index): Cell[] => [
        ruleReference(rule),
        story,
        { value: count, unit: '', at: `fuzz#/data/notes/${index}/count` },
      ]),
    },
  )}</details>`
}
