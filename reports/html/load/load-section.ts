import { typedCommand } from '../../../command/typed-command.ts'
import { checkValue } from '../check-value.ts'
import { html } from '../markup.ts'
import { more, type Section } from '../section.ts'
import { latencyFigure } from './latency.ts'
import { loadDataSchema } from './load-data.ts'
import { overTime } from './over-time.ts'
import { byClass, denialsByReason, hitRatioByRoute } from './requests.ts'

export const loadSection: Section = {
  id: 'load',
  title: 'Load',
  question: 'Does it hold up, and does the cache do its work?',
  document: 'load',
  method:
    'k6 at a given arrival rate, whatever the answers take, against a local distribution with cache, sandboxes and bucket. Every answer is checked against the policy; hits are counted by k6 and by the edge and joined request by request. Times count only on a quiet machine.',
  command: (result) =>
    result
      ? typedCommand(
          `load --scenario ${result.inputs.scenario} --seconds ${result.inputs.seconds} --rate ${result.inputs.rate}`,
        )
      : typedCommand('load --scenario steady'),
  answer: (source) =>
    html`${checkValue(source, 'load.hit-ratio')} of cacheable requests were hits; ${checkValue(source, 'load.wrong-answers')} wrong answers.`,
  body({ result }) {
    const parsed = loadDataSchema.safeParse(result.data)
    if (!parsed.success) return []
    const { data } = parsed
    const [rate, times, hits, sandboxes] = overTime(data)
    return [
      latencyFigure(data),
      times ?? null,
      hits ?? null,
      rate ?? null,
      more('Requests by class, denials by reason, hits by route, sandboxes', [
        byClass(data),
        denialsByReason(data),
        hitRatioByRoute(data),
        sandboxes,
      ]),
    ]
  },
}
