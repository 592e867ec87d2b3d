/** A template's text as the object that CloudFormation reads: JSON, or YAML with the short forms of its functions. */
import { type CollectionTag, isMap, isScalar, isSeq, parseDocument, type ScalarTag, YAMLMap, type YAMLSeq } from 'yaml'
import { UsageError } from '../../config/usage-error.ts'

/** The functions that have a short form (CloudFormation User Guide, "Intrinsic function reference"). */
const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Condition',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Ref',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
]

/** `!Ref` and `!Condition` stand for keys of their own name, every other `!Name` for `Fn::Name`. */
const longForm = (name: string) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`)

const tags: (ScalarTag | CollectionTag)[] = shortForms.flatMap((name) => {
  const key = longForm(name)
  return [
    // `!GetAtt Resource.Attribute` is cut at its first dot, as in the long form.
    {
      tag: `!${name}`,
      resolve: (text: string) => ({ [key]: name === 'GetAtt' ? splitAttribute(text) : text }),
    },
    ...(['map', 'seq'] as const).map(
      (collection): CollectionTag => ({
        tag: `!${name}`,
        collection,
        resolve: (node: YAMLMap.Parsed | YAMLSeq.Parsed) => {
          const map = new YAMLMap()
          map.set(key, node)
          return map
        },
      }),
    ),
  ]
})

function splitAttribute(text: string): string[] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)]
}

/** Throws a UsageError that names the file, and the line where YAML is at fault. */
export function parseTemplate(text: string, file: string): Record<string, unknown> {
  const value = text.trimStart().startsWith('{') ? parseJson(text, file) : parseYaml(text, file)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file}: is no template; pass a CloudFormation template in JSON or YAML`)
  }
  return value as Record<string, unknown>
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file}: is not JSON (${(error as Error).message}); pass a CloudFormation template`)
  }
}

function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { customTags: tags, version: '1.1', merge: true, prettyErrors: true })
  const [error] = document.errors
  if (error) throw new UsageError(`${file}: is not YAML (${error.message.split('\n', 1)[0]})`)
  const [warning] = document.warnings
  if (warning) throw new UsageError(`${file}: ${warning.message.split('\n', 1)[0]}`)
  const { contents } = document
  if (isScalar(contents) || isSeq(contents) || !isMap(contents)) return null
  return plainDates(document.toJS())
}

/** `2010-09-09` is a version, not a date. */
function plainDates(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (Array.isArray(value)) return value.map(plainDates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainDates(item)]))
}
