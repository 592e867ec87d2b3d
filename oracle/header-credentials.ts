/** The token in a header (SEMANTICS.md, "Credentials"; RFC 6750 2.1, RFC 9110 5.5 and 11.4). */
import type { Headers } from '../authorizer/cloudfront.ts'
import { lax, may, refused, sound } from './judgement.ts'
import { judgeSize, type Presented, type SourceReading } from './presented.ts'

/** `scheme` null: the whole value is the token. */
export function readHeader({ name, scheme }: { name: string; scheme: string | null }, headers: Headers): SourceReading {
  const values = (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []).map(({ value }) => value)
  if (values.length === 0) return { counted: [], others: [], doubts: [] }
  const presented = [presentedBy(name, scheme, values)]
  if (values.some((value) => (scheme === null ? value !== '' : startsWithScheme(value, scheme, ' ')))) {
    return { counted: presented, others: [], doubts: [] }
  }
  const isDoubtful = scheme !== null && values.some((value) => startsWithScheme(value.trimStart(), scheme, '\\s'))
  return {
    counted: [],
    others: presented,
    doubts: isDoubtful
      ? [may('credentials/source', 'white space hides that an earlier source is present', 'allow')]
      : [],
  }
}

function startsWithScheme(value: string, scheme: string, follower: string): boolean {
  return new RegExp(`^${RegExp.escape(scheme)}(?:${follower}|$)`, 'i').test(value)
}

function presentedBy(name: string, scheme: string | null, [value = '', ...others]: readonly string[]): Presented {
  const not = (judgement: Presented['judgements'][number]): Presented => ({ token: '', judgements: [judgement] })
  if (others.length > 0) return not(refused('credentials/several', `there are several ${name} headers`))
  if (/[^\t\n\v\f\r\x20-\x7e]/.test(value)) {
    return not(refused('credentials/octets', `the ${name} value has a control or non-ASCII character`))
  }
  if (value.includes(',')) return not(refused('credentials/list', `the ${name} value is a list`))
  const parsed =
    scheme === null
      ? /^(?<before>\s*)(?<token>\S+)(?<after>\s*)(?<rest>.*)$/s.exec(value)
      : /^(?<before>\s*)(?<scheme>\S+)(?<separator>\s+)(?<token>\S+)(?<after>\s*)(?<rest>.*)$/s.exec(value)
  const { before = '', scheme: given = '', separator = ' ', token = '', after = '', rest = '' } = parsed?.groups ?? {}
  if (parsed === null || (scheme !== null && given.toLowerCase() !== scheme.toLowerCase())) {
    const form = scheme === null ? 'a token' : `"${scheme}" and a token`
    return not(refused('credentials/scheme', `the ${name} value is not ${form}`))
  }
  return {
    token,
    judgements: [
      ...judgeSize(token),
      /^ *$/.test(before + after) || rest !== ''
        ? sound
        : lax('credentials/white-space', 'white space other than spaces is around the value'),
      before + after !== '' ? may('credentials/around', 'spaces are around the value', 'deny') : sound,
      /^ +$/.test(separator)
        ? separator.length > 1
          ? may('credentials/spaces', 'several spaces follow the scheme', 'allow')
          : sound
        : lax('credentials/white-space', 'white space other than spaces follows the scheme'),
      rest !== '' ? lax('credentials/text-after', 'text follows the token') : sound,
    ],
  }
}
