import { closestMatch } from 'leven'
import * as z from 'zod'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

interface Mistake {
  path: Path
  text: string
  /** The field is not there. */
  missing?: boolean
  /** The value is of another kind than what was expected. */
  otherKind?: boolean
  /** The field that was meant, where one is misspelt. */
  meant?: string | undefined
}

/** So many are told; a file that is no policy at all would fill the screen. */
const mostLines = 20

/**
 * All mistakes that zod found, a line for each: the field's path, and what is wrong there or what it should be. The value has
 * to be parsed with `wording` and with `reportInput`.
 */
export function describeMistakes({ issues }: z.ZodError): string[] {
  const mistakes = withoutConsequences(issues.flatMap((issue) => mistakesOf(issue)))
  const lines = mistakes.map(({ path, text }) => `${fieldPath(path)}: ${text}`)
  if (lines.length <= mostLines) return lines
  return [...lines.slice(0, mostLines - 1), `and ${lines.length - mostLines + 1} more mistakes`]
}

/** What a schema says that has no words of its own. Of unknown fields: the neighbours, a line for each. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `should be ${article(issue.expected === 'record' ? 'object' : issue.expected)}`
    case 'invalid_value':
      return `should be ${alternatives(issue.values.map((value) => JSON.stringify(value)))}`
    case 'unrecognized_keys':
      return issue.keys.map((key) => neighbour(key, fieldsOf(issue.inst)) ?? '').join('\n')
    default:
      return undefined
  }
}

function mistakesOf(issue: Issue, above: Path = []): Mistake[] {
  const path = [...above, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const neighbours = issue.message.split('\n')
      return issue.keys.map((key, index) => {
        const meant = neighbours[index] || undefined
        const text = meant ? `is not a field; did you mean ${meant}?` : 'is not a field; remove or rename it'
        return { path: [...path, key], text, meant }
      })
    }
    case 'invalid_union': {
      const meant = meantOption(issue.errors.map((issues) => issues.flatMap((each) => mistakesOf(each))))
      if (meant) return meant.map((mistake) => ({ ...mistake, path: [...path, ...mistake.path] }))
      return [wrong(issue, path)]
    }
    case 'invalid_key':
      return [{ path, text: issue.issues[0]?.message ?? issue.message }]
    case 'invalid_type':
    case 'invalid_value':
      return [wrong(issue, path)]
    default:
      return [{ path, text: issue.message, missing: issue.input === undefined }]
  }
}

function wrong({ input, message }: Issue, path: Path): Mistake {
  const missing = input === undefined
  return { path, text: missing ? `is missing, ${message}` : message, missing, otherKind: true }
}

/** Of several forms that a value may have, the one that it has but for some mistakes inside; none where two are as near. */
function meantOption(options: readonly Mistake[][]): readonly Mistake[] | undefined {
  const [best, next] = options
    .filter((mistakes) => !mistakes.some(({ path, otherKind }) => path.length === 0 && otherKind))
    .map(withoutConsequences)
    .sort((one, other) => one.length - other.length)
  return best && best.length !== next?.length ? best : undefined
}

/** A field that is missing because it is misspelt is one mistake. */
function withoutConsequences(mistakes: readonly Mistake[]): Mistake[] {
  const misspelt = new Set(
    mistakes.flatMap(({ path, meant }) => (meant === undefined ? [] : fieldPath([...path.slice(0, -1), meant]))),
  )
  return mistakes.filter(({ path, missing }) => !missing || !misspelt.has(fieldPath(path)))
}

function neighbour(key: string, fields: readonly string[]): string | undefined {
  const bySmallLetters = new Map(fields.map((field) => [field.toLowerCase(), field]))
  const nearest = closestMatch(key.toLowerCase(), [...bySmallLetters.keys()], {
    maxDistance: Math.ceil(key.length / 4),
  })
  return nearest === undefined ? undefined : bySmallLetters.get(nearest)
}

function fieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function alternatives(values: readonly string[]): string {
  return values.join(', ').replace(/, (?=[^,]*$)/, ' or ')
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}

/** Names that are no names in JavaScript stand in brackets, so that a path is one word and a line is one line. */
export function fieldPath(path: Path): string {
  const text = path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = String(key)
    if (!/^[\w$-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`
    return text === '' ? name : `${text}.${name}`
  }, '')
  return text === '' ? 'the whole' : text
}
