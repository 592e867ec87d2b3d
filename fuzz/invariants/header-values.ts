import type { Headers } from '../../authorizer/cloudfront.ts'
import type { ReturnedResponse } from '../answer.ts'

export function valuesOf(headers: Headers, name: string): string[] {
  const entries: unknown = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return Array.isArray(entries) ? entries.map((entry) => String(entry?.value)) : []
}

/** Empty where there is none (Developer Guide, "Lambda@Edge event structure": `bodyEncoding`). */
export function bodyOf({ body, bodyEncoding }: ReturnedResponse): string {
  if (typeof body !== 'string') return ''
  return bodyEncoding === 'base64' ? Buffer.from(body, 'base64').toString() : body
}
