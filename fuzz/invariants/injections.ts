/** Line feeds of the viewer's that became lines of a header or of the log (CWE-113, CWE-117). */
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Observation } from './observation.ts'

export function injectedHeaders(headers: Headers | undefined, before: Headers = {}): Observation[] {
  // A line break that the event had in the same header is the suite's own: CloudFront hands none over.
  const injected = Object.entries(headers ?? {}).find(
    ([name, entries]) => hasLineBreak(name, entries) && !hasLineBreak('', before[name]),
  )
  return injected === undefined
    ? []
    : [
        {
          class: 'header-injection',
          rule: 'deny/header',
          story: `the header ${JSON.stringify(injected[0])} has a line break`,
        },
      ]
}

function hasLineBreak(name: string, entries: Headers[string] | undefined): boolean {
  if (!Array.isArray(entries)) return false
  return /[\r\n\0]/.test(`${name}${entries.map((entry) => `${entry?.key ?? ''}${entry?.value ?? ''}`).join('')}`)
}

/** A line of the log that begins where a line feed in the request or the token ended. */
export function injectedLogLines(request: ViewerRequest, logs: readonly string[]): Observation[] {
  if (logs.length < 2) return []
  const beginnings = viewersTexts(request).flatMap((text) => text.split('\n').slice(1))
  const forged = logs.slice(1).find((line) => beginnings.some((text) => text.length >= 4 && line.startsWith(text)))
  return forged === undefined
    ? []
    : [
        {
          class: 'log-injection',
          rule: 'log/line',
          story: `the viewer wrote a line of the log: ${forged.slice(0, 100)}`,
        },
      ]
}

function viewersTexts(request: ViewerRequest): string[] {
  const texts: string[] = []
  const add = (value: unknown) => {
    if (typeof value === 'string') {
      if (value.includes('\n')) texts.push(value.replaceAll('\r', ''))
    } else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) add(one)
  }
  add(request)
  for (const text of [request.uri, request.querystring]) {
    try {
      add(decodeURIComponent(text))
    } catch {
      // Not an escape that anybody decodes.
    }
  }
  for (const entries of Object.values(request.headers)) {
    for (const { value } of entries) {
      for (const part of String(value).split(/[\s.=]+/)) {
        try {
          add(JSON.parse(Buffer.from(part, 'base64url').toString()))
        } catch {
          // Not JSON: nothing that a handler could have read from it.
        }
      }
    }
  }
  return texts
}
