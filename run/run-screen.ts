/** What a run says at its end, on one screen of 80 columns: green or red, why, the figures that matter, and what to do next. */
import { colour, entry } from '../command/screen-lines.ts'
import { limitText, valueText } from '../command/terminal.ts'
import { typedCommand } from '../command/typed-command.ts'
import { type Check, commandOf, type Result } from '../result/result.ts'

export function runScreen(run: Result, stages: readonly Result[], out: string): string {
  const open = stages.flatMap((stage) =>
    stage.checks.filter(({ verdict }) => verdict !== 'pass').map((check) => ({ command: commandOf(stage), check })),
  )
  const failed = open.filter(({ check }) => check.verdict === 'fail')
  const undecided = open.filter(({ check }) => check.verdict !== 'fail')
  const leftOut = run.checks.filter(({ value }) => value === null)
  return [
    colour(failed.length > 0 ? 'fail' : 'pass', headline(stages, failed.length, undecided.length + leftOut.length)),
    '',
    ...failed.flatMap(({ command, check }) => entry(command, `${check.title}: ${figures(check)}`, 'fail')),
    ...(failed.length > 0 ? [''] : []),
    ...figureLines(stages),
    '',
    ...undecidedLines(undecided, leftOut),
    ...entry('next', nextStep(failed.map(({ command }) => command))),
    ...entry(
      'report',
      `${out}/report.html; every check: ${typedCommand(out === 'results' ? 'report' : `report --out ${out}`)}`,
    ),
  ].join('\n')
}

function headline(stages: readonly Result[], failed: number, undecided: number): string {
  const held = stages
    .flatMap(({ checks }) => checks)
    .filter(({ direction, verdict }) => direction !== 'none' && verdict === 'pass').length
  const open = undecided === 0 ? '' : `, ${undecided} left open`
  if (failed > 0) return `red: ${count(failed, 'check')} failed, ${held} held${open}`
  return `green: ${count(held, 'check')} held, none failed${open}`
}

function figures(check: Check): string {
  const limit = limitText(check).replace('≤', 'at most').replace('≥', 'at least')
  return `${valueText(check)}${limit === '' ? '' : `, ${limit}`}`
}

/** The three that decide a launch: whether it lets anybody in, what it costs, whether the cache still works. */
function figureLines(stages: readonly Result[]): string[] {
  const value = (id: string) => {
    const check = stages.flatMap(({ checks }) => checks).find((one) => one.id === id)
    return check && check.value !== null ? { text: valueText(check), check } : undefined
  }
  const [findings, requests] = [value('fuzz.findings'), value('fuzz.requests')]
  const [warm, hits, p99] = [value('bench.warm.peer'), value('load.hit-ratio'), value('load.allowed.p99')]
  const peer = warm?.check.title.split(', ').at(-1)
  return [
    ...(findings
      ? entry('safe?', `${findings.text} findings${requests ? ` in ${requests.text} attacking requests` : ''}`)
      : []),
    ...(warm ? entry('fast?', `${warm.text} of the CPU time of ${peer}, the fastest peer, for a new token`) : []),
    ...(hits
      ? entry(
          'cached?',
          `${hits.text} of cacheable requests were hits${p99 ? `; 99 % answered within ${p99.text}` : ''}`,
        )
      : []),
  ]
}

function undecidedLines(undecided: readonly { command: string; check: Check }[], leftOut: readonly Check[]): string[] {
  const reasons = new Map<string, string>()
  for (const { command, check } of undecided) {
    const reason = check.detail ?? check.title
    reasons.set(`${command} ${reason}`, reason)
  }
  const lines = [
    ...[...reasons].flatMap(([key, reason]) => entry(key.split(' ', 1)[0] ?? '', reason, 'inconclusive')),
    ...leftOut.flatMap(({ title, detail = '' }) => entry(title, `not measured: ${detail}`, 'not-measured')),
  ]
  return lines.length === 0 ? [] : [...lines, '']
}

function nextStep(failed: readonly string[]): string {
  const [first] = failed
  if (first !== undefined) return `${typedCommand(first)} shows it again, with every figure`
  return `a handler of your own: ${typedCommand('fuzz --handler FILE --policy FILE')}`
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
